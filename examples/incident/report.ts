import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { identifyTokens } from "pulumi-datadog-revocation";

/** The prefix tells a service account's token, which is revoked by a path of its own. */
const PREFIX = { personal: "ddpat_", service: "ddsat_" };

/**
 * The tokens in a UTF-8 text of any kind, such as gitleaks' JSON report, by their public portions: their secrets go no
 * further. A file too large for this, or in another encoding, goes through the command first:
 *
 *     npx --no pulumi-datadog-revocation identify --format json huge.log > report.json
 *
 * @throws pulumi.RunError which repeats nothing of the file
 */
export function readReport(path: string): string[] {
  const text = read(path);
  const found = identified(text) ?? identifyTokens(text);
  if (found.length > 0) return found.map(({ kind, publicPortion }) => PREFIX[kind] + publicPortion);
  throw new pulumi.RunError(
    `${path} holds no whole token value. Were they redacted? Then take the file they were found in`,
  );
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new pulumi.RunError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** The rows of a file that the command wrote, which hold no values; undefined for any other file. */
function identified(text: string): ReturnType<typeof identifyTokens> | undefined {
  try {
    const rows = JSON.parse(text);
    if (Array.isArray(rows) && rows.every((row) => row?.kind in PREFIX && row.publicPortion)) return rows;
  } catch {
    // A log, not JSON.
  }
  return undefined;
}
