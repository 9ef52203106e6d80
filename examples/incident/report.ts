import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { identifyTokens } from "pulumi-datadog-revocation";

/** The prefix tells a service account's token, which is revoked by a path of its own. */
const PREFIX = { personal: "ddpat_", service: "ddsat_" };

/**
 * The tokens in a file, by their public portions: their secrets go no further. It may be whatever `identify` reads, such as
 * a log or gitleaks' JSON report, in any encoding; or what `identify` wrote, in any format. A file too large for this goes
 * through the command first:
 *
 *     npx --no pulumi-datadog-revocation identify --format json huge.log > report.json
 *
 * @throws pulumi.RunError which repeats nothing of the file
 */
export function readReport(path: string): string[] {
  const bytes = read(path);
  const found = identifyTokens(bytes).map(({ kind, publicPortion }) => PREFIX[kind] + publicPortion);
  const tokens = found.length > 0 ? found : identified(textOf(bytes));
  if (tokens.length > 0) return tokens;
  throw new pulumi.RunError(
    `${path} holds no whole token value. Were they cut, redacted or encoded, or is the file compressed? This tells, with ` +
      `their lines: npx --no pulumi-datadog-revocation identify ${path}. Or take the file they were found in`,
  );
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new pulumi.RunError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** PowerShell 5 writes UTF-16 with a byte order mark. */
function textOf(bytes: Buffer): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}

const ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
/** A row of each format that `identify` writes. */
const ROWS: readonly RegExp[] = [
  new RegExp(`^ *\\{"tokenId":"${ID}","kind":"(personal|service)","publicPortion":"([0-9A-Za-z]{22})"`),
  new RegExp(`^${ID} +(personal|service) +([0-9A-Za-z]{22}) `),
  new RegExp(`^ *- token(?:Id)?: (ddsat_[0-9A-Za-z]{22}|${ID})(?: |$)`),
];

/** The tokens of a file that the command wrote, which holds no values: public portions and ids. */
function identified(text: string): string[] {
  const tokens = text.split(/\r?\n/).flatMap((line) => {
    const [, first, portion] = ROWS.map((row) => row.exec(line)).find((match) => match !== null) ?? [];
    if (first === undefined) return [];
    return portion === undefined ? first : PREFIX[first as keyof typeof PREFIX] + portion;
  });
  return [...new Set(tokens)];
}
