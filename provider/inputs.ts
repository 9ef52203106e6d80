import * as pulumi from "@pulumi/pulumi";
import { plainLine } from "./datadog/errors";
import { ArgumentError, findRule, type Rule } from "./host/arguments";
import { withoutStack } from "./withoutStack";

/** Why an argument cannot be used. */
export interface ArgumentProblem {
  /** The argument, e.g. `"expect.name"`. */
  readonly path: string;
  /** A phrase that follows its name. Holds no value, which may be a secret. */
  readonly problem: string;
}

/** What is wrong with arguments; outputs pass, their values are not known yet. */
export function findProblems(rules: Record<string, Rule>, args: object): ArgumentProblem[] {
  return given(args)
    .filter(([, input]) => isPlain(input))
    .flatMap(([name, input]) => read(rules, name, input).problems);
}

/**
 * Reads arguments by their rules: plain ones now, outputs when they are known.
 *
 * @param label the resource, for errors
 * @throws pulumi.RunError also when an output's value cannot be used
 */
export function readInputs(label: string, rules: Record<string, Rule>, args: object): Record<string, unknown> {
  const checked = given(args).map(([name, input]) => {
    const check = (given: unknown): unknown => {
      const { value, problems } = read(rules, name, given);
      refuse(label, problems);
      return value;
    };
    return [name, isPlain(input) ? check(input) : pulumi.output(input as pulumi.Input<string>).apply(check)];
  });
  return Object.fromEntries(checked);
}

/** @throws pulumi.RunError unless there are none */
export function refuse(label: string, problems: readonly ArgumentProblem[]): void {
  if (problems.length === 0) return;
  const text = problems.map(({ path, problem }) => `${path} ${problem}`).join("; ");
  throw withoutStack(new pulumi.RunError(`${label}: ${text}`));
}

/** The arguments that are there. */
export function given(args: object): [string, unknown][] {
  return Object.entries(args).filter(([, input]) => input !== undefined && input !== null);
}

/** Reads an argument by its rule: its value as it is registered, or what is wrong with it. */
function read(
  rules: Record<string, Rule>,
  name: string,
  given: unknown,
): { value?: unknown; problems: ArgumentProblem[] } {
  try {
    return { value: findRule(rules, name)(given), problems: [] };
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    const { path, problem } = error.within(name);
    return { problems: [{ path: plainLine(path.join(".")), problem }] };
  }
}

/** No argument has values as deep as this: what goes further, perhaps round in a circle, is for its rule to refuse. */
const DEEPEST = 8;

function isPlain(input: unknown, depth = 0): boolean {
  if (typeof input !== "object" || input === null || depth > DEEPEST) return true;
  if (pulumi.Output.isInstance(input) || input instanceof Promise) return false;
  return Object.values(input).every((value) => isPlain(value, depth + 1));
}
