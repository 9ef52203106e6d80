import { constants } from "node:buffer";
import { gunzipSync, zstdDecompressSync } from "node:zlib";

/** Pulumi may compress (PULUMI_DIY_BACKEND_GZIP or its successor); the first bytes tell. */
export function decompress(bytes: Buffer): Buffer {
  // More cannot become a string anyway, and would fill the memory first.
  const options = { maxOutputLength: constants.MAX_STRING_LENGTH };
  if (bytes.length > 1 && bytes.readUInt16BE(0) === 0x1f8b) return gunzipSync(bytes, options);
  if (bytes.length > 3 && bytes.readUInt32BE(0) === 0x28b52ffd) return zstdDecompressSync(bytes, options);
  return bytes;
}
