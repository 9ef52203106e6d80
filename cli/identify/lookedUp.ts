import type { LookUp } from "../../provider/core/lookUp";
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
    const seen = await lookUpMany(
      this.session,
      tokenIds.map((tokenId) => ({ tokenId })),
      IN_FLIGHT,
    );
    const unseen = [...seen.values()].filter(({ found }) => found === "unseen");
    const [first] = unseen;
    if (first?.found === "unseen") {
      this.incomplete = true;
      process.stderr.write(`Datadog could not be asked about ${counted(unseen.length, "token")}: ${first.why}.\n`);
    }
    const rows = this.#rows.map((row) => ({ ...row, ...said(seen.get(row.tokenId)) }));
    return `${this.format.rows(rows)}${await this.format.end()}`;
  }
}

function said(seen: LookUp | undefined): Pick<Row, "snapshot"> {
  if (seen?.found === "alive") return { snapshot: seen.snapshot };
  return seen?.found === "gone" ? { snapshot: null } : {};
}
