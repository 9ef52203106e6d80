import { DatadogError } from "./errors";
import type { Token } from "./token";

/** The most that Datadog allows. */
export const PAGE_SIZE = 100;
/** A list that goes on after so many pages has no end, and would fill all memory. */
const MOST_PAGES = 10_000;

/** Pages in flight. */
const IN_FLIGHT = 4;
/** How often a list that changes while it is read is read again. */
const MOST_READINGS = 4;

/** A page of a list of tokens. */
export interface Page {
  readonly tokens: readonly Token[];
  /** Rows without a token id. */
  readonly unidentified: number;
  /** Tokens on all pages; undefined where Datadog does not say. */
  readonly total: number | undefined;
}

/** Reads one page, counted from 0. */
export type ReadPage = (page: number) => Promise<Page>;

/** What a whole list has. */
export interface TokenList {
  readonly tokens: readonly Token[];
  /** Rows without a token id. */
  readonly unidentified: number;
}

/** The result of one reading from the first page to the last. */
interface Reading {
  /** By id. */
  readonly tokens: ReadonlyMap<string, Token>;
  readonly unidentified: number;
  /** Whether the list changed meanwhile, so that a token may have slipped from one page to another unseen. */
  readonly moved: boolean;
}

/**
 * Reads a paged list of tokens, each token once. A list that changes meanwhile is read again; of one that keeps changing,
 * everything that any reading saw is returned. The caller's `readPage` sets the time limit: it throws when that is over.
 *
 * @throws DatadogError for a list without an end, and what `readPage` throws
 */
export async function readAllPages(readPage: ReadPage): Promise<TokenList> {
  const seen = new Map<string, Token>();
  for (let readings = 1; ; readings++) {
    const { tokens, unidentified, moved } = await readOnce(readPage);
    if (!moved) return { tokens: [...tokens.values()], unidentified };
    for (const [id, token] of tokens) seen.set(id, token);
    if (readings === MOST_READINGS) return { tokens: [...seen.values()], unidentified };
  }
}

async function readOnce(readPage: ReadPage): Promise<Reading> {
  const pages: Page[] = [];
  const ids = new Set<string>();
  let rows = 0;
  let largestTotal = 0;
  let ended = false;
  const take = async (page: number): Promise<void> => {
    if (page === MOST_PAGES) {
      const text = `The list of tokens has no end: ${MOST_PAGES} pages were read, and more follow. Try again; if that does not help, ask Datadog's support`;
      throw new DatadogError(text, { kind: "malformed" });
    }
    const read = await readPage(page);
    const known = ids.size;
    for (const { tokenId } of read.tokens) ids.add(tokenId);
    pages[page] = read;
    rows += read.tokens.length;
    largestTotal = Math.max(largestTotal, read.total ?? 0);
    // Whatever the total says: after a page that brings nothing new, no further page will. Of a page of rows without ids
    // nobody can tell.
    if (ids.size === known && (read.tokens.length > 0 || read.unidentified === 0)) ended = true;
  };

  await take(0);
  const first = sizeOf(pages[0]);
  // A total that is smaller than the first page is wrong: then only the pages tell where the list ends.
  const isTotal = largestTotal >= first;
  let next = 1;
  const isPromised = (): boolean => !isTotal || next * first < largestTotal;
  // The total may count one page only: a full page is always followed by another request.
  const isLastFull = (): boolean => sizeOf(pages[next - 1]) === PAGE_SIZE;
  const readOn = async (): Promise<void> => {
    while (!ended && (isPromised() || isLastFull())) {
      await take(next++).catch((error) => {
        ended = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, readOn));
  const tokens = pages.flatMap((page) => page.tokens).map((token): [string, Token] => [token.tokenId, token]);
  const totals = new Set(pages.map(({ total }) => total));
  const unidentified = pages.reduce((sum, page) => sum + page.unidentified, 0);
  return { tokens: new Map(tokens), unidentified, moved: rows > ids.size || totals.size > 1 };
}

/** The rows that a page has, whatever they are. */
function sizeOf(page: Page | undefined): number {
  return page ? page.tokens.length + page.unidentified : 0;
}
