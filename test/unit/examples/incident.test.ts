import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readReport } from "../../../examples/incident/report";
import { runCli } from "../../support/command";

const SECRET = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
const PERSONAL = "ddpat_000000000Qdww5P8dQtGsa";
const SERVICE = "ddsat_1vCPtzKGJML79G0rwH3qpw";
const LOG = `first\nkey=${PERSONAL}_${SECRET}\nother=${SERVICE}_${SECRET}\n`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "incident-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, "utf16le");

test.each<[string, string | Buffer]>([
  ["UTF-8", LOG],
  ["UTF-8 with a mark", `\ufeff${LOG}`],
  ["UTF-16, as PowerShell writes it", utf16(LOG)],
  ["big-endian UTF-16", utf16(LOG).swap16()],
  ["a log that was truncated while it was written", Buffer.concat([Buffer.alloc(10_000), Buffer.from(LOG)])],
])("a report in %s is read as public portions", (_, content) => {
  expect(readReport(file("report", content))).toEqual([PERSONAL, SERVICE]);
});

const KNOWN = { json: PERSONAL, table: PERSONAL, yaml: "00000000-0000-1234-0000-000000000000" };

test.each(["json", "table", "yaml"] as const)(
  "what identify --format %s wrote is read, from any shell",
  async (format) => {
    const { stdout } = await runCli(["identify", "--format", format, file("build.log", LOG)]);
    for (const content of [stdout, stdout.replaceAll("\n", "\r\n"), utf16(stdout), utf16(stdout).swap16()]) {
      expect(readReport(file("identified", content))).toEqual([KNOWN[format], expect.stringContaining(SERVICE)]);
    }
  },
);

test.each([
  ["is cut", `${PERSONAL}_${SECRET.slice(1)}`],
  ["is masked", `${PERSONAL}_****`],
  ["is in base64", Buffer.from(`${PERSONAL}_${SECRET}`).toString("base64")],
])("a report whose value %s is refused with the command that tells where it stands", (_, content) => {
  const path = file("near.log", content);
  const message = `${path} holds no whole token value. .* npx --no pulumi-datadog-revocation identify ${path}`;
  expect(() => readReport(path)).toThrow(new RegExp(message));
});

test("a report that is not there is named", () => {
  const path = join(folder, "none.json");
  expect(() => readReport(path)).toThrow(`${path} cannot be read: ENOENT`);
});
