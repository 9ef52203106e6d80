import { grouped } from "../text/counts";
import { ageOf, inWords } from "../text/durations";
import { type Column, toTable } from "../text/textTable";
import { ownerText } from "./owners";
import type { Leak, Snapshot } from "./records";

const COLUMNS: readonly Column[] = [{ heading: "TOKEN ID", whole: true }, "NAME", "OWNER", "AGE", "USED", "EXPIRES"];
const UNKNOWN = "unknown";

export interface TokenTableOptions {
  /** Columns of the terminal, if there is one. */
  readonly width?: number | undefined;
  /** Which criteria each of them met, for one more column. */
  readonly met?: readonly (readonly string[])[];
  /** Rows; the last line says how many more there are. Default all. */
  readonly atMost?: number;
}

/**
 * A table of tokens for people: whose they are, how old, last used when, and until when they are good; and where Datadog
 * found one of them leaked, when and where.
 */
export async function tokenTable(
  tokens: readonly Snapshot[],
  { width, met, atMost = Number.POSITIVE_INFINITY }: TokenTableOptions = {},
): Promise<string[]> {
  const shown = tokens.slice(0, atMost);
  const isLeaked = shown.some(({ leak }) => leak);
  const rows = shown.map((token, index) => [
    ...cells(token),
    ...(isLeaked ? [leaked(token.leak)] : []),
    ...(met ? [(met[index] ?? []).join(", ")] : []),
  ]);
  const table = await toTable([...COLUMNS, ...(isLeaked ? ["LEAKED"] : []), ...(met ? ["MATCHES"] : [])], rows, width);
  const more = tokens.length - shown.length;
  return more > 0 ? [...table, `… and ${grouped(more)} more`] : table;
}

function cells({ tokenId, kind, name = UNKNOWN, owner, createdAt, lastUsedAt, expiresAt }: Snapshot): string[] {
  const who = ownerText(owner);
  return [
    tokenId,
    name,
    kind === "service" ? `${who} (service)` : who,
    createdAt === undefined ? UNKNOWN : ageOf(createdAt),
    used(lastUsedAt),
    expiry(expiresAt),
  ];
}

function used(lastUsedAt: string | null | undefined): string {
  if (lastUsedAt === undefined) return UNKNOWN;
  return lastUsedAt === null ? "never" : `${ageOf(lastUsedAt)} ago`;
}

function expiry(expiresAt: string | null | undefined): string {
  if (expiresAt === undefined) return UNKNOWN;
  if (expiresAt === null) return "never";
  const left = Date.parse(expiresAt) - Date.now();
  return left > 0 ? `in ${inWords(left)}` : "expired";
}

function leaked(leak: Leak | null | undefined): string {
  if (leak === undefined) return UNKNOWN;
  if (leak === null) return "no";
  const { detectedAt, source } = leak;
  return [detectedAt === undefined ? "yes" : `${ageOf(detectedAt)} ago`, source ?? []].flat().join(", ");
}
