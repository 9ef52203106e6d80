import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type Account, type Organization, PERMISSIONS, type Permission, type Token } from "./organization";
import { Random } from "./random";
import { seedOrganization } from "./seed";
import { DatadogServer } from "./server";
import type { KeyPair, SimulatedToken, Simulator, SimulatorOptions, TokenState } from "./simulator";
import { DAY, timestamp } from "./timestamp";

const UNREACHABLE = { limit: 1_000_000, periodSeconds: 60 };

/**
 * Starts a local Datadog on 127.0.0.1, with an organization that the seed determines. It serves personal access tokens
 * (list, get, create, update, revoke), the same of service accounts, `current_user` and `users/{id}`.
 *
 * ```ts
 * const datadog = await startSimulator();
 * const [leaked] = datadog.tokens;
 * datadog.fault({ method: "DELETE" }, { kind: "resetAfter" });
 * // … point a program at datadog.url with datadog.apiKey and datadog.appKey …
 * expect(datadog.find(leaked.id)?.revokedAt).not.toBeNull();
 * await datadog.stop();
 * ```
 *
 * @throws RangeError for an option out of range; the system's own error when the port is taken (`EADDRINUSE`).
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, seed = 1, tokens: count = 12, permissions = PERMISSIONS, clock = Date.now } = options;
  const {
    staysVisibleFor = 0,
    deleteAnswers204For = 0,
    strictServiceTokens = false,
    rateLimit = UNREACHABLE,
    errorShape,
  } = options;
  if (!Number.isInteger(count) || count < 0) throw new RangeError("tokens must be a whole number, 0 or more");

  const random = new Random(seed);
  const behaviour = { staysVisibleFor, deleteAnswers204For, strictServiceTokens };
  const today = Math.floor(clock() / DAY) * DAY;
  const { organization, administrator } = seedOrganization(random, count, today, behaviour);
  const keys = createKeys(organization, random, administrator, permissions);

  const server = new DatadogServer({ organization, random, rateLimit, errorShape, clock });
  server.http.listen(port, "127.0.0.1");
  await once(server.http, "listening");

  const tokenOf = (id: string): Token => {
    const token = organization.tokens.get(id);
    if (token === undefined) throw new RangeError(`There is no token ${id} in this simulator.`);
    return token;
  };

  return {
    url: `http://127.0.0.1:${(server.http.address() as AddressInfo).port}`,
    ...keys,
    tokens: [...organization.tokens.values()].map(simulatedToken),
    keyOwner: { id: administrator.id, handle: administrator.handle },
    organization: { id: organization.id, name: organization.name },
    requests: (since = 0) => server.log.slice(since),
    fault: (matcher, fault) => server.faults.add(matcher, fault),
    find: (id) => {
      const token = organization.tokens.get(id);
      return token && tokenState(token);
    },
    revoke: (id) => {
      tokenOf(id).revokedAt ??= clock();
    },
    restore: (id) => {
      tokenOf(id).revokedAt = null;
    },
    createKeys: (granted, ownerId = administrator.id) => {
      const owner = organization.accounts.get(ownerId);
      if (owner === undefined) throw new RangeError(`There is no account ${ownerId} in this simulator.`);
      return createKeys(organization, random, owner, granted);
    },
    stop: () => server.stop(),
  };
}

function createKeys(
  organization: Organization,
  random: Random,
  owner: Account,
  permissions: readonly Permission[],
): KeyPair {
  const apiKey = random.hex(32);
  const appKey = random.hex(40);
  organization.apiKeys.add(apiKey);
  organization.applicationKeys.set(appKey, { owner, permissions: new Set(permissions) });
  return { apiKey, appKey };
}

function simulatedToken({ id, name, value, owner }: Token): SimulatedToken {
  return { id, name, value, ...(owner.type === "service_account" ? { serviceAccountId: owner.id } : {}) };
}

function tokenState(token: Token): TokenState {
  const { owner, scopes, createdAt, expiresAt, lastUsedAt, revokedAt } = token;
  return {
    ...simulatedToken(token),
    owner: { id: owner.id, type: owner.type, handle: owner.handle },
    scopes,
    createdAt,
    expiresAt,
    lastUsedAt,
    revokedAt: revokedAt === null ? null : timestamp(revokedAt),
  };
}
