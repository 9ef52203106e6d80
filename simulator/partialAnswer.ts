import type { Answer } from "./answer";
import type { PartialFault } from "./fault";

/** What a search that took too long found until then; an answer that is no search's goes as it is. */
export function partialAnswer(answer: Answer, { keep, status = "timeout" }: PartialFault): Answer {
  const found = answer.body === undefined ? undefined : searchResult(answer.body);
  if (found === undefined) return answer;
  const data = found.data.slice(0, keep ?? Math.floor(found.data.length / 2));
  const warning = {
    code: "query_timeout",
    title: "The query took too long",
    detail: "The results are partial: narrow the time range or the query.",
  };
  return { ...answer, body: JSON.stringify({ data, meta: { status, warnings: [warning] } }) };
}

function searchResult(body: string): { readonly data: readonly unknown[] } | undefined {
  const { data, meta } = JSON.parse(body);
  return Array.isArray(data) && typeof meta?.status === "string" ? { data } : undefined;
}
