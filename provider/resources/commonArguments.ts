import * as pulumi from "@pulumi/pulumi";
import type { Expectation, OrganizationExpectation } from "../core/arguments";
import * as criteria from "../core/criteria";
import type { Declared } from "../core/records";
import type { SomeFields } from "../core/validators";
import { refuse } from "./programArguments";

/** Why tokens are revoked, after a report. */
export type ReportArgs = { [Name in keyof Declared]: pulumi.Input<string> | undefined };

/** Why tokens are revoked. */
export type WhyArgs = Omit<ReportArgs, "reportedAt">;

/** The same as plain values, as a program may give it: any part may be an output. */
type Inputs<T> = { [Name in keyof T]: pulumi.Input<Given<T[Name]>> };
type Given<T> = T extends readonly (infer Item)[] ? readonly pulumi.Input<Item>[] : T;

/** What a token must be like: all that is given must hold, and something must be given. */
export type Where = SomeFields<criteria.Where>;
/** Tokens that never match: any that is named, or belongs to an owner that is. Something must be given. */
export type Exempt = SomeFields<criteria.Exempt>;

/** What tokens must be like, any part of it an output. */
export type WhereArgs = SomeFields<Inputs<criteria.Where>>;
/** Tokens that never match, any part of it an output. */
export type ExemptArgs = SomeFields<Inputs<criteria.Exempt>>;

/** What a token must be like to be revoked, any part of it an output. Something must be given. */
export type ExpectationArgs = SomeFields<{ [Name in keyof Expectation]: pulumi.Input<string> | undefined }>;
/** What the credentials must be like, maybe an output. */
export type OrganizationExpectationArgs = Inputs<OrganizationExpectation>;

/**
 * Refuses criteria that nothing can ever meet. What is not known yet passes.
 *
 * @param label whose they are, for errors
 * @throws pulumi.RunError
 */
export function checkCriteria(label: string, { where, exempt }: { where?: unknown; exempt?: unknown }): void {
  if (pulumi.Output.isInstance(where) || pulumi.Output.isInstance(exempt)) return;
  refuse(label, criteria.contradictions((where ?? {}) as criteria.Where, (exempt ?? {}) as criteria.Exempt));
}
