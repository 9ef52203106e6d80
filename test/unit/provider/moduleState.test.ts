import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** What belongs to the process or the module all the same, and why. */
const ALLOWED = [
  // A WeakMap: each entry belongs to the deployment that is its key.
  "resources/deployment.ts deployments",
  // The process itself, which the engine starts for each run.
  "host/thisHost.ts thisHost",
];

const ROOT = join(__dirname, "../../../provider");
/** Constructors whose instances do not change; a stateful regular expression would. */
const IMMUTABLE = new Set(["RegExp"]);

/** The names of module variables that can change. */
function mutableState(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return source.statements.filter(ts.isVariableStatement).flatMap(({ declarationList }) => {
    const isConst = (declarationList.flags & ts.NodeFlags.Const) !== 0;
    return declarationList.declarations
      .filter(({ type, initializer }) => !isConst || (initializer && holdsState(initializer, type)))
      .map(({ name }) => `${file} ${name.getText()}`);
  });
}

function holdsState(value: ts.Expression, type: ts.TypeNode | undefined): boolean {
  // `satisfies` checks for its keys: such tables are named by what they hold, and read only.
  if (type !== undefined && /^(Readonly|readonly |ReadonlyMap|ReadonlySet|\{\s*readonly )/.test(type.getText())) {
    return false;
  }
  if (ts.isSatisfiesExpression(value) || ts.isAsExpression(value)) return false;
  if (ts.isNewExpression(value)) return !IMMUTABLE.has(value.expression.getText());
  return ts.isArrayLiteralExpression(value) || ts.isObjectLiteralExpression(value) || ts.isCallExpression(value)
    ? makesState(value)
    : false;
}

function makesState(value: ts.Expression): boolean {
  if (!ts.isCallExpression(value)) return true;
  return /^new[A-Z]/.test(value.expression.getText());
}

test.each([
  ["let count = 0;", true],
  ["var count = 0;", true],
  ["const seen = new Set<string>();", true],
  ["export const run = new Run();", true],
  ["const all: string[] = [];", true],
  ["const state = { count: 0 };", true],
  ["export const host = newHost();", true],
  ["const NAMES: readonly string[] = [];", false],
  ["const LIMITS = { one: 1 } as const;", false],
  ["const RULES = { one } satisfies Rules;", false],
  ["const UNITS: Readonly<Record<string, number>> = { s: 1 };", false],
  ["const PATTERN = /x/;", false],
  ["const VALUE = new RegExp('x');", false],
  ["const make = () => new Map();", false],
  ["function make() { let count = 0; }", false],
])("%s is state of a module: %s", (text, isState) => {
  expect(mutableState("x.ts", text)).toHaveLength(isState ? 1 : 0);
});

test("no module of the provider has state but those that are allowed it: whatever varies belongs to a run", () => {
  const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const found = files.flatMap((file) => mutableState(file, readFileSync(join(ROOT, file), "utf8")));
  expect(found.toSorted()).toEqual(ALLOWED.toSorted());
});
