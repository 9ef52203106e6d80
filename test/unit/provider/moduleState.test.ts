import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** What belongs to the process or the module all the same, and why. */
const ALLOWED = [
  // A WeakMap: each entry belongs to the deployment that is its key.
  "provider/resources/deployment.ts deployments",
  // The process itself, which the engine starts for each run.
  "provider/host/host.ts thisHost",
];

const ROOT = join(__dirname, "../../..");
/** What they make does not change. */
const IMMUTABLE = new Set(["RegExp", "Intl.Segmenter"]);
const READONLY_TYPE = /^(Readonly|readonly |Validators$|\{\s*readonly )/;

/** The variables of a module that can change. */
function mutableState(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return source.statements.filter(ts.isVariableStatement).flatMap(({ declarationList }) => {
    const isConst = (declarationList.flags & ts.NodeFlags.Const) !== 0;
    return declarationList.declarations
      .filter((declaration) => !isConst || holdsState(declaration))
      .map(({ name }) => `${file} ${name.getText()}`);
  });
}

function holdsState({ name, type, initializer: value }: ts.VariableDeclaration): boolean {
  if (value === undefined || (type !== undefined && READONLY_TYPE.test(type.getText()))) return false;
  if (ts.isNewExpression(value)) return !IMMUTABLE.has(value.expression.getText());
  if (ts.isCallExpression(value)) return /^new[A-Z]/.test(value.expression.getText());
  // A table is named in capitals, and has something in it.
  const isTable = /^[A-Z\d_]+$/.test(name.getText());
  if (ts.isArrayLiteralExpression(value)) return !isTable || value.elements.length === 0;
  return ts.isObjectLiteralExpression(value) && (!isTable || value.properties.length === 0);
}

test.each([
  ["let count = 0;", true],
  ["var count = 0;", true],
  ["const seen = new Set<string>();", true],
  ["export const run = new Run();", true],
  ["const all: string[] = [];", true],
  ["const state = { count: 0 };", true],
  ["const SEEN: string[] = [];", true],
  ["export const host = newHost();", true],
  ["const NAMES: readonly string[] = [];", false],
  ["const LIMITS = { one: 1 } as const;", false],
  ["const VALIDATORS = { one };", false],
  ["const tables = { one } satisfies Tables;", false],
  ["const UNITS: Readonly<Record<string, number>> = { s: 1 };", false],
  ["const PATTERN = /x/;", false],
  ["const VALUE = new RegExp('x');", false],
  ["const make = () => new Map();", false],
  ["function make() { let count = 0; }", false],
])("%s is state of a module: %s", (text, isState) => {
  expect(mutableState("x.ts", text)).toHaveLength(isState ? 1 : 0);
});

test("no module of provider or plugin has state but those that are allowed it: whatever varies belongs to a run", () => {
  const files = ["provider", "plugin"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => join(folder, file)),
  );
  expect(files).toContain("plugin/main.ts");
  const found = files.flatMap((file) => mutableState(file, readFileSync(join(ROOT, file), "utf8")));
  expect(found.toSorted()).toEqual(ALLOWED.toSorted());
});
