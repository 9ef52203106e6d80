import type * as pulumi from "@pulumi/pulumi";
import { sentence } from "../text/plainLine";
import { UNKNOWN } from "../tokens/tokenIds";

/** What the engine calls for one kind of resource. */
export type Handlers = Required<Omit<pulumi.dynamic.ResourceProvider, "configure">>;

/** Added by the engine's dynamic-provider process; it must come back out of everything that a provider returns. */
export interface Provided {
  readonly __provider?: string;
}

/** Answers `check`: with the inputs as they are to be recorded, or with what is wrong. */
export async function checked(news: object, toInputs: () => Promise<object>): Promise<pulumi.dynamic.CheckResult> {
  try {
    return { inputs: await toInputs() };
  } catch (error) {
    // Without a property: the engine prints the value of one that is named, secret or not.
    return { inputs: news, failures: [{ property: "", reason: sentence(error) }] };
  }
}

/** Splits inputs into those that are known and those that hold what a preview does not know yet. */
export function splitUnknown(inputs: object): { known: object; unknown: object } {
  const fields = Object.entries(inputs);
  return {
    known: Object.fromEntries(fields.filter(([, value]) => !holdsUnknown(value))),
    unknown: Object.fromEntries(fields.filter(([, value]) => holdsUnknown(value))),
  };
}

/** A preview's stand-in for what it does not know yet may lie anywhere in an input. */
function holdsUnknown(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).some(holdsUnknown);
  return value === UNKNOWN;
}
