import { counted } from "../../provider/text/counts";
import { plainLine } from "../../provider/text/plainLine";
import type { NearMiss } from "../../provider/tokens/nearMisses";
import { VALUE_LENGTH } from "../../provider/tokens/syntax";
import type { InLine } from "../../provider/tokens/tokenFinder";
import { prefixedPortion } from "../../provider/tokens/tokenIds";

/** How many are told one by one. */
const MOST_TOLD = 20;

/** Where a near miss stands. */
interface Located extends NearMiss, InLine {
  readonly source: string;
}

/** Tells of values that are not whole, or not in one piece. */
export class NearMisses {
  readonly #say: (line: string) => void;
  #count = 0;
  /** What was told last. */
  #last = "";
  /** Whether the token of any is known. */
  #named = false;
  #publicPortions = 0;
  /** Where the first public portion stands. */
  #first = "";

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  tell(nearMiss: Located): void {
    const place = `${plainLine(nearMiss.source)}:${nearMiss.line}`;
    if (nearMiss.kind === "publicPortion") {
      this.#first ||= place;
      this.#publicPortions++;
      return;
    }
    this.#named ||= nearMiss.token !== undefined;
    const line = `${place}: ${describe(nearMiss)}`;
    // Scanners' reports have the same value several times in a line.
    if (line === this.#last) return;
    this.#last = line;
    if (++this.#count <= MOST_TOLD) this.#say(line);
  }

  /** @param found whether there were whole values too */
  end(found: boolean): void {
    const untold = this.#count - MOST_TOLD;
    if (untold > 0) this.#say(`${counted(untold, "more token value")} that cannot be read as a whole.`);
    if (this.#named) this.#say(`To revoke a token by its public portion, add it to the ledger: ${ADD}`);
    if (found) return;
    if (this.#count > 0) {
      this.#say(
        `No whole token value was found, but ${this.#count} ${this.#count === 1 ? "that is" : "that are"} cut, masked, broken ` +
          "over lines or in base64: see above.",
      );
    } else if (this.#publicPortions > 0) {
      const others = this.#publicPortions - 1;
      const more = others === 0 ? "" : ` and ${counted(others, "more place")}`;
      this.#say(
        `No token value was found. Public portions without a secret stand at ${this.#first}${more}. ` +
          `To revoke their tokens, add them to the ledger: ${ADD}`,
      );
    }
  }
}

const ADD = "npx --no pulumi-datadog-revocation identify --add-to revocations.yaml --token PUBLIC_PORTION";

function describe({ kind, characters, token }: NearMiss): string {
  const named = token && `${prefixedPortion(token)} (token id ${token.tokenId})`;
  const whole = named ? `Its public portion is whole: ${named}.` : TAKE_THE_ORIGINAL;
  switch (kind) {
    case "cut":
      return `a token value, cut after ${characters} of ${VALUE_LENGTH} characters. ${whole}`;
    case "masked":
      return `a masked token value. ${whole}`;
    case "broken":
      return `a token value, broken over lines: ${named}. Join its lines and search again, or use its public portion.`;
    case "base64":
      return `a token value in base64: ${named}. Decode it (base64 -d) and search again, or use its public portion.`;
    case "publicPortion":
      return "a public portion without a secret";
  }
}

const TAKE_THE_ORIGINAL = "What is left does not name the token: search the original that it was copied from.";
