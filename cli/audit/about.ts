import { ownerText } from "../../provider/core/owners";
import { plainLine } from "../../provider/text/plainLine";
import { thisPackage } from "../thisPackage";
import { UsageError } from "../usageError";
import type { About, Asked, AuditReport } from "./auditReport";
import { whereOf } from "./reportSentences";

/** What a report says of itself. */
export function describeReport(told: Omit<About, "madeBy">): About {
  const { madeAt, ...others } = told;
  return { madeAt, madeBy: `${thisPackage.name} ${thisPackage.version}`, ...others };
}

/**
 * When a report is made of which the making begins now, to the second.
 *
 * @param env may set SOURCE_DATE_EPOCH
 * @throws UsageError where that is no number of seconds
 * @see https://reproducible-builds.org/specs/source-date-epoch/
 */
export function timeOfReport({ SOURCE_DATE_EPOCH: epoch }: NodeJS.ProcessEnv): string {
  if (!epoch) return toSeconds(new Date());
  const at = /^\d+$/.test(epoch) ? Number(epoch) * 1000 : Number.NaN;
  // A year of five digits is none that RFC 3339 can tell.
  if (at < Date.UTC(10_000)) return toSeconds(new Date(at));
  throw new UsageError("SOURCE_DATE_EPOCH takes seconds since 1970, like 1795651200.");
}

/** RFC 3339 in UTC, to the second. */
export function toSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

/** Whether a report shows less than there is, and whether it may: in a word each, for where there is room for no more. */
export function limitsOf({ filters, missing }: About): string[] {
  return [...(Object.keys(filters).length > 0 ? ["filtered"] : []), ...(missing.length > 0 ? ["incomplete"] : [])];
}

/** `"everything"`, or `"only --ticket SEC-1"` */
export function filterText({ filters }: Pick<About, "filters">): string {
  const options = Object.entries(filters).flatMap(([option, values]) =>
    values.map((value) => `--${option} ${/\s/.test(value) ? JSON.stringify(value) : value}`),
  );
  return options.length === 0 ? "everything" : `only ${options.join(" ")}`;
}

/** Where, as whom and with whose credentials Datadog was asked. */
export function askedText({ apiUrl, actor, credentials }: Asked): string {
  const organization = actor.organizationName ?? actor.organizationId;
  return `${ownerText(actor)} of organization ${organization} at ${apiUrl}, credentials of the ${credentials}`;
}

/** How many stacks are named. */
const NAMED_STACKS = 4;

/** What the report says of itself, in a line. */
export function sayAbout(report: AuditReport): string {
  const { about, stacks } = report;
  const { madeAt, madeBy, leftOut, asked } = about;
  const names = stacks.map(({ stack }) => stack);
  const of = names.length > 1 && names.length <= NAMED_STACKS ? `stacks ${names.join(", ")}` : whereOf(report);
  const without = leftOut === 0 ? "" : ` (${leftOut} ${leftOut === 1 ? "record is" : "records are"} left out)`;
  const questions = asked?.questions.map((question) => `--${question}`).join(", ");
  const sentences = [
    `Made at ${madeAt} by ${madeBy} of ${of}.`,
    `It shows ${filterText(about)}${without}.`,
    asked ? `Datadog was asked at ${asked.at} as ${askedText(asked)}: ${questions}.` : "Datadog was not asked.",
  ];
  return plainLine(sentences.join(" "));
}

/** What is missing, a line each. */
export function sayMissing({ about: { missing } }: AuditReport): string[] {
  if (missing.length === 0) return [];
  return ["", "Missing from this report:", ...missing.map((line) => `  ${plainLine(line)}`)];
}
