import { createHash } from "node:crypto";

/** SHA-256, in hexadecimal. */
export function digestOf(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}
