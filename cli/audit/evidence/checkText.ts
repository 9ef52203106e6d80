import { plainLine } from "../../../provider/text/plainLine";
import type { Check, CheckedStack } from "./checkStatement";
import type { RunSince } from "./compareEvidence";
import { PREDICATE_TYPE } from "./statement";

/** How many records, entries or deployments of a stack are named. */
const NAMED = 20;

/** What a check found out, in words: about the statement, then stack by stack. */
export function toText({ statement, stacks, broken }: Check): string {
  const { file, records, madeBy, enveloped, previous } = statement;
  const lines = [
    `${file}: ${counted(records, "record")} of ${counted(stacks.length, "stack")}, made by ${madeBy}. ` +
      "The report in it has the digest of its subject.",
    enveloped ? notVerified(file) : "It is not signed: whoever could write this file could have written another one.",
    previous === null ? "It names no statement before it." : `The statement before it has the digest ${previous}.`,
    ...broken.map((what) => `CHANGED: ${what}.`),
    ...stacks.flatMap(linesOf),
  ];
  return lines.map((line) => `${plainLine(line)}\n`).join("");
}

/** What says so is not this command. */
function notVerified(file: string): string {
  return (
    "Its signatures are not checked here. Check them with " +
    `gh attestation verify REPORT --bundle ${file} --repo OWNER/NAME --predicate-type ${PREDICATE_TYPE}, or ` +
    `cosign verify-blob-attestation REPORT --bundle ${file} --type ${PREDICATE_TYPE} ` +
    "--certificate-identity WHO --certificate-oidc-issuer ISSUER."
  );
}

function linesOf({ stack, since, changed, unchecked }: CheckedStack): string[] {
  const ran = since.length === 0 ? [] : [`${inWords(since)} ran since`];
  const isSound = changed.length + unchecked.length === 0;
  const good = ran.length === 0 ? "unchanged" : `${ran}; the history and records before are unchanged`;
  if (isSound) return [`${stack}: ${good}`];
  return [
    ...ran.map((what) => `${stack}: ${what}`),
    ...bounded(changed).map((what) => `${stack}: CHANGED: ${what}`),
    ...bounded(unchecked).map((what) => `${stack}: not checked: ${what}`),
  ];
}

function bounded(sentences: readonly string[]): readonly string[] {
  if (sentences.length <= NAMED) return sentences;
  return [...sentences.slice(0, NAMED), `${sentences.length - NAMED} more, which --format json names`];
}

/** `"deployment 4 (update, 2026-01-01T00:30:00Z), deployment 5 (refresh, …)"` */
function inWords(since: readonly RunSince[]): string {
  const shown = since.slice(0, NAMED).map(({ version, kind, startedAt }) => {
    const details = [kind, startedAt].filter((detail) => detail !== null).join(", ");
    return `${version === null ? "a deployment" : `deployment ${version}`}${details === "" ? "" : ` (${details})`}`;
  });
  const more = since.length > NAMED ? ` and ${since.length - NAMED} more` : "";
  return `${shown.join(", ")}${more}`;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
