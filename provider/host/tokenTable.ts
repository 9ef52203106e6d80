import { type Column, toTable } from "../table";
import { inWords } from "./criteria";
import type { Snapshot } from "./record";

const COLUMNS: readonly Column[] = [{ heading: "TOKEN ID", whole: true }, "NAME", "OWNER", "AGE", "USED", "EXPIRES"];

/**
 * A table of tokens for people: whose they are, how old, last used when, and until when they are good.
 *
 * @param width columns of the terminal, if there is one
 * @param met which criteria each of them met, for one more column
 */
export function tokenTable(
  tokens: readonly Snapshot[],
  width?: number,
  met?: readonly (readonly string[])[],
): Promise<string[]> {
  const rows = tokens.map((token, index) => [...cells(token), ...(met ? [(met[index] ?? []).join(", ")] : [])]);
  return toTable([...COLUMNS, ...(met ? ["MATCHES"] : [])], rows, width);
}

function cells({ tokenId, kind, name, owner, createdAt, lastUsedAt, expiresAt }: Snapshot): string[] {
  const who = owner.handle ?? owner.id;
  return [
    tokenId,
    name,
    kind === "service" ? `${who} (service)` : who,
    inWords(Date.now() - Date.parse(createdAt)),
    used(lastUsedAt),
    expiresAt === null ? "never" : expiry(Date.parse(expiresAt) - Date.now()),
  ];
}

function used(lastUsedAt: string | null | undefined): string {
  if (lastUsedAt === undefined) return "unknown";
  return lastUsedAt === null ? "never" : `${inWords(Date.now() - Date.parse(lastUsedAt))} ago`;
}

function expiry(left: number): string {
  return left > 0 ? `in ${inWords(left)}` : "expired";
}
