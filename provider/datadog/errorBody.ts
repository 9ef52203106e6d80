import * as v from "valibot";
import { ErrorAnswer, SingleErrorAnswer } from "./answers";
import { parseJson } from "./json";

const LONGEST_WORDS = 300;
/** Characters of an answer that are looked at: many more than are shown, whatever is taken out of them. */
const LONGEST_READ = 10 * LONGEST_WORDS;

/**
 * Datadog's own words in the body of an error answer, whichever of its shapes it has; or what stood there instead.
 *
 * @param redact takes out what must not be repeated, before a cut could leave half of it
 */
export function errorWords(body: string, redact: (text: string) => string): string {
  const words = wordsOfApi(body) || wordsOfSingleError(body) || body.trim();
  if (words === "") return "no body";
  if (!isHtml(words)) return quote(words, redact);
  const title = /<title[^<>]*>([^<]*)/i.exec(words)?.[1];
  const titled = title === undefined ? "" : `, titled ${quote(title.trim(), redact)}`;
  return `an HTML page, not the API${titled}`;
}

/**
 * Whether an error's body is worded as Datadog's API words its errors. The 404 of a gateway, a proxy or another server
 * says nothing about a token.
 */
export function isInWordsOfApi(body: string): boolean {
  // A code or a status alone others' gateways and registries have too.
  return errorsIn(body).some((error) => saidIn(error).trim() !== "");
}

function wordsOfApi(body: string): string {
  return errorsIn(body)
    .map((error) => saidIn(error) || (typeof error === "string" ? "" : error.code || error.status || ""))
    .map((words) => words.trim())
    .filter(Boolean)
    .join("; ");
}

function errorsIn(body: string): ErrorAnswer["errors"] {
  const answer = v.safeParse(ErrorAnswer, parseJson(body));
  return answer.success ? answer.output.errors : [];
}

function saidIn(error: ErrorAnswer["errors"][number]): string {
  return typeof error === "string" ? error : [error.title, error.detail].filter(Boolean).join(": ");
}

function wordsOfSingleError(body: string): string {
  const answer = v.safeParse(SingleErrorAnswer, parseJson(body));
  if (!answer.success) return "";
  const { code, message } = answer.output.error;
  return [code, message].filter(Boolean).join(": ");
}

/** Whether a body is a page for people instead of an answer of the API. */
function isHtml(body: string): boolean {
  return /^\s*</.test(body);
}

function quote(text: string, redact: (text: string) => string): string {
  const words = redact(text.slice(0, LONGEST_READ));
  return `"${words.length > LONGEST_WORDS ? `${words.slice(0, LONGEST_WORDS)}…` : words}"`;
}
