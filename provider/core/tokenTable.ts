import { grouped } from "../text/counts";
import { ageOf, inWords } from "../text/durations";
import { type Column, toTable } from "../text/textTable";
import type { Snapshot } from "./records";

const COLUMNS: readonly Column[] = [{ heading: "TOKEN ID", whole: true }, "NAME", "OWNER", "AGE", "USED", "EXPIRES"];

export interface TokenTableOptions {
  /** Columns of the terminal, if there is one. */
  readonly width?: number | undefined;
  /** Which criteria each of them met, for one more column. */
  readonly met?: readonly (readonly string[])[];
  /** Rows; the last line says how many more there are. Default all. */
  readonly atMost?: number;
}

/** A table of tokens for people: whose they are, how old, last used when, and until when they are good. */
export async function tokenTable(
  tokens: readonly Snapshot[],
  { width, met, atMost = Number.POSITIVE_INFINITY }: TokenTableOptions = {},
): Promise<string[]> {
  const shown = tokens.slice(0, atMost);
  const rows = shown.map((token, index) => [...cells(token), ...(met ? [(met[index] ?? []).join(", ")] : [])]);
  const table = await toTable([...COLUMNS, ...(met ? ["MATCHES"] : [])], rows, width);
  const more = tokens.length - shown.length;
  return more > 0 ? [...table, `… and ${grouped(more)} more`] : table;
}

function cells({ tokenId, kind, name, owner, createdAt, lastUsedAt, expiresAt }: Snapshot): string[] {
  const who = owner.handle ?? owner.id;
  return [
    tokenId,
    name,
    kind === "service" ? `${who} (service)` : who,
    ageOf(createdAt),
    used(lastUsedAt),
    expiresAt === null ? "never" : expiry(Date.parse(expiresAt) - Date.now()),
  ];
}

function used(lastUsedAt: string | null | undefined): string {
  if (lastUsedAt === undefined) return "unknown";
  return lastUsedAt === null ? "never" : `${ageOf(lastUsedAt)} ago`;
}

function expiry(left: number): string {
  return left > 0 ? `in ${inWords(left)}` : "expired";
}
