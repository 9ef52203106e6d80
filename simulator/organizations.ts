import type { Account, Organization, Token } from "./organization";

/** All organizations of one simulated Datadog. An id is one token's or one account's among all of them. */
export class Organizations implements Iterable<Organization> {
  readonly #all: Organization[] = [];

  add(organization: Organization): void {
    this.#all.push(organization);
  }

  get count(): number {
    return this.#all.length;
  }

  /** The one that was there at the start. */
  get first(): Organization {
    const [first] = this.#all;
    if (first === undefined) throw new RangeError("There is no organization in this simulator.");
    return first;
  }

  [Symbol.iterator](): Iterator<Organization> {
    return this.#all.values();
  }

  findToken(id: string): Token | undefined {
    return this.#first(({ tokens }) => tokens.get(id));
  }

  /** @throws RangeError when there is no such token. */
  token(id: string): Token {
    const token = this.findToken(id);
    if (token === undefined) throw new RangeError(`There is no token ${id} in this simulator.`);
    return token;
  }

  /** An account and the organization that it belongs to. @throws RangeError when there is no such account. */
  member(id: string): { organization: Organization; account: Account } {
    const member = this.#first((organization) => {
      const account = organization.accounts.get(id);
      return account && { organization, account };
    });
    if (member === undefined) throw new RangeError(`There is no account ${id} in this simulator.`);
    return member;
  }

  /** @throws RangeError when there is no such organization. */
  organization(id: string): Organization {
    const organization = this.#all.find((organization) => organization.id === id);
    if (organization === undefined) throw new RangeError(`There is no organization ${id} in this simulator.`);
    return organization;
  }

  #first<Found>(find: (organization: Organization) => Found | undefined): Found | undefined {
    for (const organization of this.#all) {
      const found = find(organization);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
