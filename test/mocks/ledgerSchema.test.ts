import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import { checkArguments, readLedger } from "pulumi-datadog-revocation";

interface Property {
  readonly description?: string;
  readonly enum?: string[];
  readonly properties?: Record<string, Property>;
}

const schema = JSON.parse(readFileSync(join(__dirname, "../../revocations.schema.json"), "utf8")) as {
  properties: { defaults: { properties: Record<string, unknown> } };
  definitions: { revocation: { properties: Record<string, Property> } };
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ledger-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const { properties } = schema.definitions.revocation;

/** The names that the package itself knows, as it tells them to who misspells one. */
function known(args: object): string[] {
  const [problem] = checkArguments(args).filter(({ path }) => path.endsWith("misspelt"));
  return problem?.problem.match(/\(all: (.*)\)/)?.[1]?.split(", ") ?? [];
}

test("what an editor offers for an entry is what the package takes, each with its description", () => {
  expect(Object.keys(properties).toSorted()).toEqual(known({ misspelt: 1 }).toSorted());
  for (const { description } of Object.values(properties)) expect(description).toBeTruthy();
});

test("what an editor offers for the defaults is what it offers for an entry, but for the token", () => {
  const names = Object.keys(properties).filter((name) => !["tokenId", "token"].includes(name));
  const offered = Object.fromEntries(
    names.map((name) => [name, { $ref: `#/definitions/revocation/properties/${name}` }]),
  );
  expect(schema.properties.defaults.properties).toEqual(offered);
});

test("what an editor offers for an expectation is what the package takes", () => {
  expect(Object.keys(properties.expect?.properties ?? {}).toSorted()).toEqual(
    known({ expect: { misspelt: 1 } }).toSorted(),
  );
});

test("what an editor offers for onNotFound is what the package takes", () => {
  for (const onNotFound of properties.onNotFound?.enum ?? []) {
    expect(checkArguments({ tokenId: "00000000-0000-1234-0000-000000000000", onNotFound })).toEqual([]);
  }
  expect(properties.onNotFound?.enum).toHaveLength(2);
});

const ID = "00000000-0000-1234-0000-000000000000";

test.each<[string, { defaults?: object; revocations?: object[] | null }, boolean]>([
  ["a list without entries", { revocations: null }, true],
  ["an entry by its id", { revocations: [{ tokenId: ID, expect: { name: "ci" } }] }, true],
  ["an entry by its public portion", { defaults: { ticket: "SEC-1" }, revocations: [{ token: "0".repeat(22) }] }, true],
  ["a file without a list", { defaults: { ticket: "SEC-1" } }, false],
  ["a token in the defaults", { defaults: { tokenId: ID }, revocations: [] }, false],
  ["an entry with two names", { revocations: [{ tokenId: ID, token: "0".repeat(22) }] }, false],
])("an editor judges %s as readLedger does", (_, ledger, isRight) => {
  const ajv = new Ajv({ strict: false });
  addFormats(ajv);
  expect(ajv.validate(schema, ledger)).toBe(isRight);
  const path = join(folder, "revocations.yaml");
  writeFileSync(path, JSON.stringify(ledger));
  const read = () => readLedger(path);
  if (isRight) expect(read()).toHaveLength(ledger.revocations?.length ?? 0);
  else expect(read).toThrow(/^revocations\.yaml:1: /);
});
