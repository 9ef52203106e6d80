import { ArgumentError } from "../provider/core/validators";
import { declaredTwice, labelOf } from "../provider/core/wording";

/** A resource that names tokens. */
export interface Declarer {
  readonly type: "TokenRevocation" | "TokenRevocationBatch";
  readonly name: string;
  /** Tells resources of one name apart. */
  readonly id: string;
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
    throw new ArgumentError(declaredTwice(tokenId, labelOf(first.type, first.name)));
  }
}
