import * as pulumi from "@pulumi/pulumi";
import { ArgumentError } from "./host/arguments";
import { type Exempt, refuseContradiction, type Where } from "./host/criteria";
import { refuse } from "./inputs";

/** The same as plain values, as a program may give it: any part may be an output. */
type Inputs<T> = { [Name in keyof T]: pulumi.Input<Given<T[Name]>> };
type Given<T> = T extends readonly (infer Item)[] ? readonly pulumi.Input<Item>[] : T;

/** What tokens must be like, any part of it an output. */
export type WhereArgs = Inputs<Where>;
/** Tokens that never match, any part of it an output. */
export type ExemptArgs = Inputs<Exempt>;

/**
 * Refuses a rule that nothing can ever match. What is not known yet passes.
 *
 * @param label what it is a rule of, for errors
 * @throws pulumi.RunError
 */
export function checkRule(label: string, { where, exempt }: { where?: unknown; exempt?: unknown }): void {
  if (pulumi.Output.isInstance(where) || pulumi.Output.isInstance(exempt)) return;
  try {
    refuseContradiction((where ?? {}) as Where, (exempt ?? {}) as Exempt);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    refuse(label, [{ path: error.path.join("."), problem: error.problem }]);
  }
}
