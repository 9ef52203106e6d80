import { type KeyPair, type Simulator, startSimulator, type TokenSettings } from "pulumi-datadog-revocation/simulator";
import { type Access, type Behaviour, OWN, TOKENS, type TokenNumber, type Trouble } from "./program";

/** Whose a token is: of the account that the keys belong to, another person, or a service account. */
export type Owner = "own" | "other" | 0 | 1;

interface Kind {
  readonly digit: string;
  readonly group: "left" | "right" | "alone";
  readonly owner: Owner;
  /** It is made later, if at all. */
  readonly later?: true;
}

/** The account's tokens by number. The first digit of their ids says in which shard of a batch they are. */
export const KINDS: readonly Kind[] = [
  { digit: "3", group: "left", owner: "own" },
  { digit: "3", group: "left", owner: "other" },
  { digit: "a", group: "left", owner: 0 },
  { digit: "a", group: "left", owner: "other" },
  { digit: "f", group: "right", owner: "other" },
  { digit: "f", group: "right", owner: 1 },
  { digit: "3", group: "right", owner: "other" },
  { digit: "0", group: "right", owner: "own" },
  { digit: "c", group: "right", owner: "other", later: true },
  { digit: "a", group: "left", owner: 0, later: true },
  { digit: "d", group: "alone", owner: "own" },
];

export const kindOf = (token: TokenNumber): Kind => KINDS[token] as Kind;
export const nameOf = (token: TokenNumber): string => `${kindOf(token).group}/${token}`;
export const idOf = (token: TokenNumber): string =>
  `${kindOf(token).digit}1b2c3d4-0000-4000-8000-0000000000${String(token).padStart(2, "0")}`;
export const numberOf = (tokenId: string): TokenNumber => {
  const number = Array.from({ length: TOKENS }, (_, token) => token).find((token) => idOf(token) === tokenId);
  if (number === undefined) throw new Error(`nobody asked for ${tokenId}`);
  return number;
};

/** An hour: longer than anything that Datadog takes time for. */
const PAUSE = 3_600_000;

const PERMISSIONS = {
  all: ["user_app_keys", "org_app_keys_read", "org_app_keys_write", "service_account_write", "user_access_read"],
  revokeOnly: ["org_app_keys_write"],
  own: ["user_app_keys"],
  ownAndRevoke: ["user_app_keys", "org_app_keys_write"],
  readOnly: ["org_app_keys_read", "user_access_read"],
} as const;

/** A local Datadog with the account's tokens, and others that nobody may touch. */
export class World {
  private constructor(
    readonly simulator: Simulator,
    private readonly keys: Readonly<Record<keyof typeof PERMISSIONS, KeyPair>>,
    private readonly settings: readonly TokenSettings[],
    private readonly pause: () => void,
  ) {}

  static async start({ strict, again204, lingers }: Behaviour): Promise<World> {
    let ahead = 0;
    const simulator = await startSimulator({
      seed: 4,
      clock: () => Date.now() + ahead,
      strictServiceTokens: strict,
      deleteAnswers204For: again204 ? PAUSE / 2 : 0,
      staysVisibleFor: lingers ? 200 : 0,
    });
    const { keyOwner, serviceAccounts } = simulator;
    const owners = simulator.tokens.map(({ id }) => simulator.find(id)?.owner);
    const other = owners.find((owner) => owner?.type === "users" && owner.id !== keyOwner.id)?.id as string;
    const ownerId = (owner: Owner): string => {
      if (typeof owner === "number") return serviceAccounts[owner]?.id as string;
      return owner === "own" ? keyOwner.id : other;
    };
    const settings = KINDS.map(({ owner }, token) => ({
      id: idOf(token),
      name: nameOf(token),
      ownerId: ownerId(owner),
      // One of them authenticates runs.
      scopes: PERMISSIONS.all,
    }));
    for (const [token, kind] of KINDS.entries()) if (!kind.later) simulator.addToken(settings[token]);
    const keys = Object.fromEntries(
      Object.entries(PERMISSIONS).map(([access, permissions]) => [access, simulator.createKeys(permissions)]),
    ) as Record<keyof typeof PERMISSIONS, KeyPair>;
    return new World(simulator, keys, settings, () => {
      ahead += PAUSE;
    });
  }

  isAlive(token: TokenNumber): boolean {
    return this.simulator.find(idOf(token))?.revokedAt === null;
  }

  /** Somebody else makes, revokes or restores a token. */
  change(token: TokenNumber, becomes: "dead" | "alive"): void {
    const known = this.simulator.find(idOf(token));
    if (becomes === "alive") {
      if (known) this.simulator.restore(idOf(token));
      else this.simulator.addToken(this.settings[token]);
    } else if (known) {
      this.simulator.revoke(idOf(token));
    }
    this.pause();
  }

  /** Lets everything settle between two steps. */
  settle(): void {
    this.pause();
  }

  /** A value that names the token, also while there is none yet. */
  valueOf(token: TokenNumber): string {
    const known = this.simulator.find(idOf(token)) ?? this.borrowed(token);
    return known.value;
  }

  private borrowed(token: TokenNumber): { value: string } {
    const made = this.simulator.addToken(this.settings[token]);
    this.simulator.revoke(idOf(token));
    this.pause();
    return made;
  }

  accountId(account: 0 | 1): string {
    return this.simulator.serviceAccounts[account]?.id as string;
  }

  /** The credentials of a run, as environment variables. */
  credentials(access: Access): Record<string, string> {
    if (access === "absent") return {};
    if (access === "token") return { DD_BEARER_TOKEN: this.valueOf(OWN) };
    if (access === "foreign") return { DD_API_KEY: "0".repeat(32), DD_APP_KEY: "0".repeat(40) };
    const { apiKey, appKey } = this.keys[access];
    return { DD_API_KEY: apiKey, DD_APP_KEY: appKey };
  }

  /** Everything that must stand nowhere. */
  secrets(): string[] {
    const values = [...KINDS.keys()].flatMap((token) => this.simulator.find(idOf(token))?.value ?? []);
    const keys = Object.values(this.keys).flatMap(({ apiKey, appKey }) => [apiKey, appKey]);
    // The part of a value after the alias, which is no secret.
    return [...values.map((value) => value.split("_")[2] as string), ...keys];
  }

  /** Lets something go wrong. */
  trouble({ on, token, kind }: Trouble): () => void {
    const method = on === "DELETE" ? "DELETE" : "GET";
    const paths =
      on === "list"
        ? [/personal_access_tokens$/]
        : on === "who"
          ? [/current_user$/]
          : (token === undefined ? [...KINDS.keys()] : [token]).map((each) => new RegExp(`${idOf(each)}$`));
    const always = { times: Number.POSITIVE_INFINITY };
    const faults = {
      "500": [{}, { kind: "status", status: 500 }],
      "429": [{}, { kind: "status", status: 429, headers: { "X-RateLimit-Reset": "0" } }],
      cut: [{}, { kind: "resetBefore" }],
      lost: [{}, { kind: "resetAfter" }],
      lost503: [{}, { kind: "status", status: 503, after: true }],
      always403: [always, { kind: "status", status: 403, body: { errors: ["Forbidden"] } }],
      always500: [always, { kind: "status", status: 500 }],
      alwaysCut: [always, { kind: "resetBefore" }],
      alwaysHtml: [always, { kind: "html" }],
      alwaysLost: [always, { kind: "resetAfter" }],
    } as const;
    // Unreadable in any other way, a verification asks for half a minute.
    const [times, fault] = faults[on === "GET" && kind.startsWith("always") ? "always403" : kind];
    const handles = paths.map((path) => this.simulator.fault({ method, path, ...times }, fault));
    return () => {
      for (const handle of handles) handle.remove();
    };
  }

  stop(): Promise<void> {
    return this.simulator.stop();
  }
}
