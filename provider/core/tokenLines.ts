import { counted, grouped } from "../text/counts";
import { ageOf } from "../text/durations";
import type { Messages } from "./messages";
import { ownerText } from "./owners";
import type { Leak, Outcome, Recorded, RevocationRecord, Snapshot } from "./records";

/** Tokens that are shown one by one. */
const SHOWN = 20;

/** What a run says of tokens when nobody asks: a line for each of the first twenty, and in the end how many more. */
export class TokenLines {
  readonly #toRevoke = new Set<string>();
  readonly #said = new Set<string>();
  /** Not shown one by one. */
  readonly #more = new Map<Outcome, number>();

  constructor(private readonly messages: Messages) {}

  /** Shows a token that is to be revoked. */
  async toRevoke(snapshot: Snapshot): Promise<void> {
    const { tokenId } = snapshot;
    // The engine checks what it replaces twice.
    if (this.#toRevoke.has(tokenId)) return;
    this.#toRevoke.add(tokenId);
    if (this.#toRevoke.size <= SHOWN) await this.messages.info(`${tokenId}: to revoke: ${describeToken(snapshot)}`);
  }

  /**
   * Shows what became of a token; nothing of one that did not go, which fails.
   *
   * @param previous what was recorded of it before
   */
  async became({ record }: Recorded, previous?: Recorded): Promise<void> {
    const text = record.status === "alive" ? undefined : what(record, previous?.record);
    const line = `${record.tokenId}: ${text}`;
    // A second resource of one token has the same to tell.
    if (text === undefined || this.#said.has(line)) return;
    this.#said.add(line);
    if (this.#said.size <= SHOWN) await this.messages.info(line);
    else this.#more.set(record.outcome, (this.#more.get(record.outcome) ?? 0) + 1);
  }

  /** To be called at the end of the run. */
  async end(): Promise<void> {
    const acts = this.#said.size;
    const toRevoke = this.#toRevoke.size - SHOWN;
    if (acts === 0 && toRevoke > 0) await this.messages.info(`… and ${counted(toRevoke, "more token")} to revoke`);
    if (acts <= SHOWN) return;
    const counts = [...this.#more].map(([outcome, count]) => `${grouped(count)} ${outcome}`);
    await this.messages.info(`… and ${counted(acts - SHOWN, "more token")}: ${counts.join(", ")}`);
  }
}

/** Whose a token is, when it was last used, and whether Datadog found it leaked. */
export function describeToken({ name, kind, owner = {}, lastUsedAt, leak }: Snapshot): string {
  const called = name === undefined ? "name unknown" : JSON.stringify(name);
  const token = { personal: "personal token", service: "service account token", unknown: "token" }[kind ?? "unknown"];
  const whose = owner.id === undefined ? "an unknown owner" : ownerText(owner);
  return `${called}, ${token} of ${whose}, ${used(lastUsedAt)}${leak ? `, ${leaked(leak)}` : ""}`;
}

function leaked({ detectedAt, source }: Leak): string {
  const when = detectedAt === undefined ? "" : ` ${ageOf(detectedAt)} ago`;
  return `found leaked by Datadog${when}${source === undefined ? "" : ` (${source})`}`;
}

function used(lastUsedAt: string | null | undefined): string {
  if (lastUsedAt === undefined) return "last use unknown";
  return lastUsedAt === null ? "never used" : `last used ${ageOf(lastUsedAt)} ago`;
}

function what(record: RevocationRecord, previous: RevocationRecord | undefined): string | undefined {
  const { outcome, revokedAt, snapshot, verifiedAt } = record;
  const whose = snapshot ? `: ${describeToken(snapshot)}` : "";
  if (previous?.revokedAt === revokedAt) {
    if (previous.status === "alive") return `already gone; the record of ${revokedAt} is kept${whose}`;
    return verifiedAt === previous.verifiedAt ? undefined : `verified gone now, revoked ${revokedAt}${whose}`;
  }
  if (outcome === "revoked")
    return `revoked now, ${verifiedAt === undefined ? "not verified" : "verified gone"}${whose}`;
  const why = snapshot ? "Datadog no longer knows it" : "Datadog does not know it; this stack never saw it";
  return `alreadyRevoked, ${why}${whose}`;
}
