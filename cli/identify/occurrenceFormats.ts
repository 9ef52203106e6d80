import type { LedgerArguments } from "../../provider/core/ledger";
import { plainComment } from "../../provider/core/ledgerText";
import type { Snapshot } from "../../provider/core/records";
import { describeToken } from "../../provider/core/tokenLines";
import { plainLine } from "../../provider/text/plainLine";
import type { Occurrence } from "../../provider/tokens/tokenFinder";
import { prefixedPortion, type TokenName } from "../../provider/tokens/tokenIds";
import { toJson } from "../safeJson";
import type { Candidate } from "./addToLedger";

/** An occurrence and what it was found in. */
export interface Row extends Occurrence {
  readonly source: string;
  /** What Datadog says of the token; null: it shows none; absent: it was not asked, gave no answer, or may not show it. */
  readonly snapshot?: Snapshot | null;
}

/** Writes rows as they are found. */
export interface Format {
  rows(rows: readonly Row[]): string;
  /** What is to be written when all are found. */
  end(): string | Promise<string>;
}

export const FORMATS = ["table", "json", "yaml"] as const;

/** What is given of every token that is found. */
export type EntryFields = Pick<LedgerArguments, "reason" | "ticket" | "requestedBy" | "reportedAt">;

/** @param fields what every entry says; only yaml has entries */
export function newFormat(name: (typeof FORMATS)[number], fields: EntryFields = {}): Format {
  switch (name) {
    case "table":
      return new Table();
    case "json":
      return new Json();
    case "yaml":
      return new Yaml(fields);
  }
}

/** Every column but the last has one width, so that a row need not wait for the others. */
class Table implements Format {
  #heading = line("TOKEN ID", "KIND", "PUBLIC PORTION", "WHERE");

  rows(rows: readonly Row[]): string {
    const lines = rows.map((row) => line(row.tokenId, row.kind, row.publicPortion, `${place(row)}${whose(row)}`));
    const text = this.#heading + lines.join("");
    this.#heading = "";
    return text;
  }

  end(): string {
    return "";
  }
}

function line(tokenId: string, kind: string, publicPortion: string, where: string): string {
  return `${tokenId.padEnd(36)}  ${kind.padEnd(8)}  ${publicPortion.padEnd(22)}  ${where}\n`;
}

/** An array of one object a line. */
class Json implements Format {
  #before = "[\n";

  rows(rows: readonly Row[]): string {
    const objects = rows.map(({ tokenId, kind, publicPortion, source, line, snapshot }) =>
      toJson({ tokenId, kind, publicPortion, source, line, ...(snapshot !== undefined && { snapshot }) }),
    );
    const text = `${this.#before}  ${objects.join(",\n  ")}`;
    this.#before = ",\n";
    return text;
  }

  end(): string {
    return this.#before === "[\n" ? "[]\n" : "\n]\n";
  }
}

/** Keeps what is found, each token once, and prints nothing. */
export class Collected implements Format {
  readonly #tokens = new Map<string, { readonly row: Row; places: number }>();

  rows(rows: readonly Row[]): string {
    for (const row of rows) {
      const known = this.#tokens.get(row.tokenId);
      if (known) known.places++;
      else this.#tokens.set(row.tokenId, { row, places: 1 });
    }
    return "";
  }

  end(): string {
    return "";
  }

  /**
   * An entry of a ledger for each token.
   *
   * @param fields what every entry says
   */
  entries(fields: EntryFields): Candidate[] {
    return Array.from(this.#tokens.values(), ({ row, places }) => {
      const more = places === 1 ? "" : ` and ${places - 1} more`;
      return {
        tokenId: row.tokenId,
        args: { ...nameInLedger(row), ...fields },
        comment: plainComment(`${about(row)}, ${place(row)}${more}`),
      };
    });
  }
}

/** One entry for each token, as it stands in revocations.yaml. */
class Yaml implements Format {
  readonly #found = new Collected();

  constructor(private readonly fields: EntryFields) {}

  rows(rows: readonly Row[]): string {
    return this.#found.rows(rows);
  }

  end(): string {
    // Loaded here, as it needs a parser of YAML, which takes longer to load than most files to search.
    const { entryLines } = require("./newEntries") as typeof import("./newEntries");
    const lines = this.#found.entries(this.fields).flatMap(entryLines);
    // The first line break ends the last line of a file that these are appended to.
    return lines.length === 0 ? "" : `\n${lines.map((line) => `  ${line}\n`).join("")}`;
  }
}

/**
 * What a ledger calls a token. A service account's goes by its public portion: its prefix alone tells what path it takes,
 * where the token itself cannot be looked up.
 */
export function nameInLedger({ tokenId, kind }: TokenName): LedgerArguments {
  return kind === "service" ? { token: prefixedPortion({ tokenId, kind }) } : { tokenId };
}

function about({ kind, snapshot }: Row): string {
  if (snapshot === undefined) return kind;
  return plainLine(snapshot === null ? `${kind}, not shown by Datadog` : describeToken(snapshot));
}

function whose(row: Row): string {
  return row.snapshot === undefined ? "" : `  ${about(row)}`;
}

function place({ source, line }: Row): string {
  return `${plainLine(source)}:${line}`;
}
