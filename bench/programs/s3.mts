/** Serves a folder as a bucket of S3 for a row. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { startS3Server } from "../../test/support/stores/s3Server.ts";

const folder = process.argv[2] ?? "";
const server = await startS3Server();
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  const file = join(entry.parentPath, entry.name);
  if (entry.isFile()) server.objects.set(relative(folder, file), { bytes: readFileSync(file), modified: new Date() });
}
process.send?.({ port: server.port });
