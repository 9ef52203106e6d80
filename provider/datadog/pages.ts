import type { Token, TokenListAnswer } from "./answers";
import { DatadogError } from "./errors";

/** The most that Datadog allows. */
export const PAGE_SIZE = 100;
/** A list that goes on after so many pages has no end, and would fill all memory. */
const MOST_PAGES = 10_000;

/** Pages in flight. */
const IN_FLIGHT = 4;
/** How often a list that changes while it is read is read again. */
const MOST_READINGS = 4;

/** Reads one page, counted from 0. */
export type ReadPage = (page: number) => Promise<TokenListAnswer>;

/** The result of one reading from the first page to the last. */
interface Reading {
  /** By id, lowercase. */
  readonly tokens: ReadonlyMap<string, Token>;
  /** Whether the list changed meanwhile, so that a token may have slipped from one page to another unseen. */
  readonly moved: boolean;
}

/**
 * Reads a paged list of tokens, each token once. A list that changes meanwhile is read again; of one that keeps changing,
 * everything that any reading saw is returned. The caller's `readPage` sets the time limit: it throws when that is over.
 *
 * @throws DatadogError for a list without an end, and what `readPage` throws
 */
export async function readAllPages(readPage: ReadPage): Promise<Token[]> {
  const seen = new Map<string, Token>();
  for (let readings = 1; readings <= MOST_READINGS; readings++) {
    const { tokens, moved } = await readOnce(readPage);
    if (!moved) return [...tokens.values()];
    for (const [id, token] of tokens) seen.set(id, token);
  }
  return [...seen.values()];
}

async function readOnce(readPage: ReadPage): Promise<Reading> {
  const pages: TokenListAnswer[] = [];
  const ids = new Set<string>();
  let rows = 0;
  let largestTotal = 0;
  let ended = false;
  const take = async (page: number): Promise<void> => {
    if (page === MOST_PAGES) {
      const text = `The list of tokens has no end: ${MOST_PAGES} pages were read, and more come`;
      throw new DatadogError(text, { kind: "malformed" });
    }
    const answer = await readPage(page);
    const known = ids.size;
    for (const { id } of answer.data) ids.add(id.toLowerCase());
    pages[page] = answer;
    rows += answer.data.length;
    largestTotal = Math.max(largestTotal, answer.meta.page.total_filtered_count);
    // Whatever the total says: after a page that brings nothing new, no further page will.
    if (ids.size === known) ended = true;
  };

  await take(0);
  const first = pages[0]?.data.length ?? 0;
  // A total that is smaller than the first page is wrong: then only the pages tell where the list ends.
  const isTotal = largestTotal >= first;
  let next = 1;
  const isPromised = (): boolean => !isTotal || next * first < largestTotal;
  // The total may count one page only: a full page is always followed by another request.
  const isLastFull = (): boolean => pages[next - 1]?.data.length === PAGE_SIZE;
  const readOn = async (): Promise<void> => {
    while (!ended && (isPromised() || isLastFull())) {
      await take(next++).catch((error) => {
        ended = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, readOn));
  const tokens = pages.flatMap(({ data }) => data).map((token): [string, Token] => [token.id.toLowerCase(), token]);
  const totals = new Set(pages.map(({ meta }) => meta.page.total_filtered_count));
  return { tokens: new Map(tokens), moved: rows > ids.size || totals.size > 1 };
}
