import { ArgumentError } from "../provider/core/validators";
import { plainLine } from "../provider/text/plainLine";

/** A resource that names tokens. */
export interface Declarer {
  readonly type: "TokenRevocation" | "TokenRevocationBatch";
  readonly name: string;
  /** Tells resources of one name apart. */
  readonly id: string;
}

/** How messages name a resource. */
export function labelOf({ type, name }: Pick<Declarer, "type" | "name">): string {
  return plainLine(`${type} ${JSON.stringify(name)}`);
}

/** The resource that names each token, in one run of a program. */
export class DeclaredTokens {
  /** By token id. */
  readonly #first = new Map<string, Declarer>();

  /**
   * Refuses a second resource of a token.
   *
   * @throws ArgumentError naming the first
   */
  declare(tokenId: string, by: Declarer): void {
    const first = this.#first.get(tokenId) ?? by;
    this.#first.set(tokenId, first);
    if (first.id === by.id) return;
    throw new ArgumentError(`token ${tokenId} is declared twice, first by ${labelOf(first)}: remove one of the two`);
  }
}
