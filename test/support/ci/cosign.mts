/** Stands in for `cosign`: it knows how the pipeline of `examples/ci/gitlab` signs a statement, and nothing else. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const [command, ...rest] = process.argv.slice(2);
const option = (name: string): string => rest[rest.indexOf(name) + 1] ?? "";
const report = rest.at(-1) ?? "";
if (command !== "attest-blob" || !rest.includes("--yes") || !existsSync(report)) {
  console.error(`cosign ${process.argv.slice(2).join(" ")}: this is more than the stand-in knows`);
  process.exit(1);
}
const payload = readFileSync(option("--statement")).toString("base64");
const dsseEnvelope = { payload, payloadType: "application/vnd.in-toto+json", signatures: [{ sig: "AAAA" }] };
const mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";
writeFileSync(option("--bundle"), JSON.stringify({ mediaType, verificationMaterial: {}, dsseEnvelope }));
