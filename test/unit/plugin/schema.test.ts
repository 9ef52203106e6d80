import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import schema from "../../../plugin/schema.json";
import { BATCH_VALIDATORS, REVOCATION_VALIDATORS, SWEEP_VALIDATORS } from "../../../provider/core/arguments";
import { CRITERIA_VALIDATORS } from "../../../provider/core/criteria";
import { PLUGIN_TYPES, RESOURCE_TYPES } from "../../../provider/core/resourceTypes";
import { publicTokenList, tokenIdList } from "../../../provider/core/tokenLists";
import { ArgumentError, positiveInteger, tokenSyntax, type Validators } from "../../../provider/core/validators";
import { CONFIGURATION } from "../../../provider/datadog/settings";
import { parsePublicPortion } from "../../../provider/tokens/tokenIds";

/** A type in the terms of Pulumi's schema. */
interface Spec {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Spec;
  readonly enum?: readonly { readonly value: string }[];
  readonly properties?: Readonly<Record<string, Spec>>;
}

const types: Readonly<Record<string, Spec>> = schema.types;
const resources: Readonly<Record<string, { inputProperties: Record<string, Spec>; aliases?: object[] }>> =
  schema.resources;
const getTokens = schema.functions["datadog-revocation:index:getTokens"];

/** What takes the arguments, each with what they may hold. */
const TAKERS: readonly [string, Validators, Readonly<Record<string, Spec>>][] = [
  [
    "TokenRevocation",
    { token: tokenSyntax(parsePublicPortion), ...REVOCATION_VALIDATORS },
    schema.resources[PLUGIN_TYPES.TokenRevocation].inputProperties,
  ],
  [
    "TokenRevocationBatch",
    { tokens: publicTokenList, tokenIds: tokenIdList, maxRevocations: positiveInteger, ...BATCH_VALIDATORS },
    schema.resources[RESOURCE_TYPES.TokenRevocationBatch].inputProperties,
  ],
  ["TokenSweep", SWEEP_VALIDATORS, schema.resources[PLUGIN_TYPES.TokenSweep].inputProperties],
  ["getTokens", CRITERIA_VALIDATORS, getTokens.inputs.properties],
];

test("plugin/schema.json is what the types, doc comments and tables make (to write it anew: npm run schema)", () => {
  const root = join(__dirname, "../../..");
  const folder = mkdtempSync(join(tmpdir(), "schema-"));
  try {
    execFileSync(process.execPath, [join(root, "scripts/lib/schema/main.mts"), join(folder, "schema.json")]);
    const made = readFileSync(join(folder, "schema.json"), "utf8");
    expect(readFileSync(join(root, "plugin/schema.json"), "utf8")).toBe(made);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each(TAKERS)("%s takes the arguments that it validates, and no others", (_, validators, specs) => {
  expect(Object.keys(specs).sort()).toEqual(Object.keys(validators).sort());
});

test.each(TAKERS)(
  "%s's arguments pass as what the schema says that they are, and as nothing else",
  (_, validators, specs) => {
    const problems = Object.entries(specs).flatMap(([name, spec]) =>
      disagreements(name, spec, (value) => {
        try {
          validators[name]?.(value);
          return true;
        } catch (error) {
          if (!(error instanceof ArgumentError)) throw error;
          return false;
        }
      }),
    );
    expect(problems).toEqual([]);
  },
);

test("only a sweep's criteria must be given: of a token's names any one will do", () => {
  const required = Object.entries(schema.resources).map(([token, resource]) => [
    token.split(":").at(-1),
    "requiredInputs" in resource ? resource.requiredInputs : [],
  ]);
  expect(Object.fromEntries(required)).toEqual({
    TokenRevocation: [],
    TokenRevocationBatch: [],
    TokenSweep: ["where"],
  });
  expect(getTokens.inputs).not.toHaveProperty("required");
});

test("each custom resource takes over the state of the dynamic one", () => {
  expect(resources[PLUGIN_TYPES.TokenRevocation]?.aliases).toEqual([{ type: RESOURCE_TYPES.TokenRevocation }]);
  expect(resources[PLUGIN_TYPES.TokenSweep]?.aliases).toEqual([{ type: RESOURCE_TYPES.TokenSweep }]);
});

test("a batch is a component of the same type as in TypeScript, and says what became of its tokens", () => {
  const batch = schema.resources[RESOURCE_TYPES.TokenRevocationBatch];
  expect(batch.isComponent).toBe(true);
  expect(batch.required).toEqual(["summary", "failures"]);
  expect(schema.types["datadog-revocation:index:BatchSummary"].required).toEqual([
    ...["revoked", "alreadyRevoked", "failed", "total"],
  ]);
});

test("no output is a token's value or portion", () => {
  const outputs = Object.values(schema.resources).flatMap(({ properties }) => Object.keys(properties));
  expect(outputs).toContain("tokenId");
  expect(outputs).not.toContain("token");
  expect(outputs).not.toContain("tokens");
});

test.each([
  ["the default provider", schema.config.variables],
  ["an explicit provider", schema.provider.inputProperties],
])("%s has all settings, the keys secret, and none by default: a default would stand in state", (_, settings) => {
  expect(Object.keys(settings)).toEqual(Object.keys(CONFIGURATION));
  const secrets = Object.entries<object>(settings).filter(([, setting]) => "secret" in setting && setting.secret);
  expect(secrets.map(([key]) => key)).toEqual(["apiKey", "appKey", "bearerToken"]);
  expect(JSON.stringify(settings)).not.toContain('"default');
});

test("values of few words are enums", () => {
  const enums = Object.entries(types).flatMap(([token, { enum: values }]) =>
    values ? [[token.split(":").at(-1), values.map(({ value }) => value)]] : [],
  );
  expect(Object.fromEntries(enums)).toEqual({
    OnNotFound: ["accept", "fail"],
    Outcome: ["revoked", "alreadyRevoked"],
    OwnerType: ["users", "service_account"],
    Status: ["revoked", "alive"],
    TokenKind: ["personal", "service"],
  });
  const { onNotFound, outcome, status, kind } = schema.resources[PLUGIN_TYPES.TokenRevocation].properties;
  expect([onNotFound, outcome, status, kind].map(({ $ref }) => $ref.split(":").at(-1))).toEqual([
    ...["OnNotFound", "Outcome", "Status", "TokenKind"],
  ]);
});

test("everything is described, in words for every language", () => {
  const described = descriptions(schema, "schema");
  expect(described.length).toBeGreaterThan(100);
  const odd = described.filter(
    ([, text]) =>
      !/^[A-Z`][\s\S]*[.)`]$|^See https:\S+$/.test(text.split("\n\n").at(-1) ?? "") || TYPESCRIPT_ONLY.test(text),
  );
  expect(odd).toEqual([]);
});

const TYPESCRIPT_ONLY = /\bOutput\b|pulumi\.|\{@|```|^\s*@|\bundefined\b|TypeScript|\bnew Token/m;

/** Texts of which each argument that is a text takes one. */
const TEXTS = ["c8a5e0b6-3b1f-4f6e-9d0a-2f3f8e5d7a10", "7n42DGM5Tflk9n8mt7Fhc7", "90d", "2026-01-01T00:00:00Z", "text"];

/** One value of each type. */
const VALUES: Readonly<Record<string, unknown>> = { boolean: true, integer: 2, number: 1.5, object: {} };

/** Where a type, and what takes values of it, are of two minds. */
function disagreements(path: string, spec: Spec, accepts: (value: unknown) => boolean): string[] {
  const {
    type = "",
    items,
    properties,
    enum: values,
  } = { ...spec, ...types[spec.$ref?.replace("#/types/", "") ?? ""] };
  if (items) return disagreements(`${path}[]`, items, (value) => accepts([value]));
  if (properties) {
    const within = Object.entries(properties).flatMap(([name, property]) =>
      disagreements(`${path}.${name}`, property, (value) => accepts({ [name]: value })),
    );
    return accepts({ other: 1 }) ? [`${path} takes properties that it has not`, ...within] : within;
  }
  const problems: string[] = [];
  if (values?.some(({ value }) => !accepts(value))) problems.push(`${path} refuses one of its own values`);
  if (values && accepts("other")) problems.push(`${path} takes other values`);
  if (type === "string" && !values && !TEXTS.some(accepts)) problems.push(`${path} refuses any text`);
  if (type !== "string" && TEXTS.some(accepts)) problems.push(`${path} takes a text`);
  for (const [other, value] of Object.entries(VALUES)) {
    if (accepts(value) !== (other === type)) problems.push(`${path}, ${type}: ${other}`);
  }
  return problems;
}

/** All descriptions, by their paths; an empty text where there is none. */
function descriptions(node: object, path: string): [string, string][] {
  const within = Object.entries(node).flatMap(([name, child]) =>
    typeof child === "object" && child !== null ? descriptions(child, `${path}.${name}`) : [],
  );
  const isDescribed = /\.(types|resources|functions|properties|inputProperties|variables)\.[^.]+$/.test(path);
  const { description = "" } = node as { description?: string };
  return isDescribed ? [[path, description], ...within] : within;
}
