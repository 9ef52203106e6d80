import { concurrently } from "../../provider/core/concurrently";
import { type LookUp, lookUpUnlisted } from "../../provider/core/lookUp";
import { lookUpMany } from "../../provider/core/lookUpMany";
import type { Session } from "../../provider/core/session";
import { counted } from "../../provider/text/counts";
import type { Format, Row } from "./occurrenceFormats";

/** Look-ups in flight. */
const IN_FLIGHT = 16;

/** Adds to what was found what Datadog says of the tokens. All are looked up at once, so the rows wait for the last. */
export class LookedUp implements Format {
  readonly #rows: Row[] = [];
  /** Whether Datadog gave no answer for some. */
  incomplete = false;

  constructor(
    private readonly format: Format,
    private readonly session: Session,
  ) {}

  rows(rows: readonly Row[]): string {
    this.#rows.push(...rows);
    return "";
  }

  async end(): Promise<string> {
    if (this.#rows.length === 0) return this.format.end();
    const tokenIds = [...new Set(this.#rows.map(({ tokenId }) => tokenId))];
    const addresses = tokenIds.map((tokenId) => ({ tokenId }));
    const first = await lookUpMany(this.session, addresses, IN_FLIGHT);
    // A listing may show no more than one's own tokens: what it does not show is asked for by its own path.
    const found = await concurrently(addresses, IN_FLIGHT, async (address): Promise<[string, LookUp]> => {
      const seen = first.get(address.tokenId) as LookUp;
      return [address.tokenId, await lookUpUnlisted(this.session, address, seen)];
    });
    const seen = new Map(found);
    const unseen = [...seen.values()].filter(({ found }) => found === "unseen");
    const [unasked] = unseen;
    if (unasked?.found === "unseen") {
      this.incomplete = true;
      process.stderr.write(`Datadog could not be asked about ${counted(unseen.length, "token")}: ${unasked.why}.\n`);
    }
    const rows = this.#rows.map((row) => ({ ...row, ...said(row, seen.get(row.tokenId)) }));
    const isInvisible = (row: Row): boolean => row.snapshot === undefined && seen.get(row.tokenId)?.found === "gone";
    const invisible = new Set(rows.filter(isInvisible).map(({ tokenId }) => tokenId)).size;
    if (invisible > 0) {
      const why =
        "revoked, or a service account's, which these credentials cannot see without org_app_keys_read or service_account_write";
      process.stderr.write(`Datadog does not show ${counted(invisible, "token")}: ${why}.\n`);
    }
    return `${this.format.rows(rows)}${await this.format.end()}`;
  }
}

function said({ kind }: Row, seen: LookUp | undefined): Pick<Row, "snapshot"> {
  if (seen?.found === "alive") return { snapshot: seen.snapshot };
  // A service account's goes by its account's path, which is not known here: a 404 may only mean the wrong path. Some of
  // theirs begin with ddpat_, which only a listing tells.
  return seen?.found === "gone" && seen.unlisted === undefined && kind === "personal" ? { snapshot: null } : {};
}
