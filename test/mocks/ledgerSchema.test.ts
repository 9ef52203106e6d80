import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkArguments } from "pulumi-datadog-revocation";

interface Property {
  readonly description?: string;
  readonly enum?: string[];
  readonly properties?: Record<string, Property>;
}

const schema = JSON.parse(readFileSync(join(__dirname, "../../revocations.schema.json"), "utf8")) as {
  properties: { defaults: { properties: Record<string, unknown> } };
  definitions: { revocation: { properties: Record<string, Property> } };
};
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
