import * as pulumi from "@pulumi/pulumi";
import { DECLARED_FIELDS } from "../core/records";
import {
  type ArgumentProblem,
  given,
  problemText,
  type Validated,
  type Validators,
  validate,
  validateAll,
} from "../core/validators";
import { runError } from "./runError";

/** Validates what is known already; outputs, and what holds some, pass. */
export function validateKnown(validators: Validators, args: object): Validated {
  return validate(validators, Object.fromEntries(given(args).filter(([, input]) => isPlain(input))));
}

/**
 * Makes inputs of arguments: what is known is validated now, the rest when it is known.
 *
 * @param label the resource, for errors
 * @param more what else is wrong with them
 * @throws pulumi.RunError also when an output's value cannot be used
 */
export function toInputs(
  label: string,
  validators: Validators,
  args: object,
  more: readonly ArgumentProblem[] = [],
): Record<string, unknown> {
  const { values, problems } = validateKnown(validators, args);
  refuse(label, [...problems, ...more]);
  const pending = given(args).filter(([, input]) => !isPlain(input));
  const outputs = pending.map(([name, input]) => {
    const validated = pulumi.output(input as pulumi.Input<string>).apply((value) => {
      const { values, problems } = validateAll(validators, [[name, value]]);
      refuse(label, problems);
      return values[name];
    });
    return [name, validated];
  });
  return { ...values, ...Object.fromEntries(outputs) };
}

/**
 * Which of what the act repeats is secret, so that it does not: the engine's process gets everything decrypted.
 *
 * @param inputs what {@link toInputs} made; without outputs there is nothing to tell
 */
export function secretArguments(inputs: Readonly<Record<string, unknown>>): {
  secretArguments?: pulumi.Input<string[]>;
} {
  const names = DECLARED_FIELDS.filter((name) => pulumi.Output.isInstance(inputs[name]));
  if (names.length === 0) return {};
  // One that fails is told of where it is used.
  const isSecret = (name: string): Promise<boolean> =>
    pulumi.isSecret(inputs[name] as pulumi.Output<unknown>).catch(() => false);
  const secret = Promise.all(names.map(isSecret)).then((each) => names.filter((_, index) => each[index]));
  return { secretArguments: secret.then((some) => (some.length > 0 ? some : undefined)) as Promise<string[]> };
}

/** @throws pulumi.RunError unless there are none */
export function refuse(label: string, problems: readonly ArgumentProblem[]): void {
  if (problems.length > 0) throw runError(`${label}: ${problemText(problems)}`);
}

/** No argument has values as deep as this: what goes further, perhaps round in a circle, is for its validator to refuse. */
const DEEPEST = 8;

function isPlain(input: unknown, depth = 0): boolean {
  if (typeof input !== "object" || input === null || depth > DEEPEST) return true;
  if (pulumi.Output.isInstance(input) || input instanceof Promise) return false;
  return Object.values(input).every((value) => isPlain(value, depth + 1));
}
