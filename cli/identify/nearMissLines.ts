import { plainLine } from "../../provider/text/plainLine";
import type { NearMiss } from "../../provider/tokens/nearMisses";
import { VALUE_LENGTH } from "../../provider/tokens/syntax";
import type { InLine } from "../../provider/tokens/tokenFinder";

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
    } else if (++this.#count <= MOST_TOLD) {
      this.#say(`${place}: ${describe(nearMiss)}`);
    }
  }

  /** @param found whether there were whole values too */
  end(found: boolean): void {
    const untold = this.#count - MOST_TOLD;
    if (untold > 0) this.#say(`${untold} more token ${plural(untold, "value")} that cannot be read as a whole.`);
    if (found) return;
    if (this.#count > 0) {
      this.#say(
        `No whole token value was found, but ${this.#count} ${plural(this.#count, "that is", "that are")} cut, masked, broken ` +
          "over lines or in base64: see above.",
      );
    } else if (this.#publicPortions > 0) {
      const more = this.#publicPortions === 1 ? "" : ` and ${this.#publicPortions - 1} more places`;
      this.#say(
        `No token value was found. Public portions without a secret stand at ${this.#first}${more}: ` +
          "they can be declared as they are, as the argument token.",
      );
    }
  }
}

function describe({ kind, characters, token }: NearMiss): string {
  const declare = token && `declare token: ${token.kind === "service" ? "ddsat" : "ddpat"}_${token.publicPortion}`;
  const whole = token && `Its public portion is whole: token id ${token.tokenId}; to revoke it, ${declare}.`;
  switch (kind) {
    case "cut":
      return `a token value, cut after ${characters} of ${VALUE_LENGTH} characters. ${whole ?? TAKE_THE_ORIGINAL}`;
    case "masked":
      return `a masked token value. ${whole ?? TAKE_THE_ORIGINAL}`;
    case "broken":
      return `a token value, broken over lines: token id ${token?.tokenId}. Join its lines and search again, or ${declare}.`;
    case "base64":
      return `a token value in base64: token id ${token?.tokenId}. Decode it (base64 -d) and search again, or ${declare}.`;
    case "publicPortion":
      return "a public portion without a secret";
  }
}

const TAKE_THE_ORIGINAL = "What is left does not name the token: search the original that it was copied from.";

function plural(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? one : many;
}
