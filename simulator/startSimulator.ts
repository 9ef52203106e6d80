import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { addToken } from "./addToken";
import { addUser } from "./addUser";
import { foundOrganization } from "./foundOrganization";
import { createKeys } from "./keyPair";
import { found as foundLeaked } from "./leak";
import { Organizations } from "./organizations";
import { Random } from "./random";
import { DatadogServer } from "./server";
import type { OrganizationSettings, SimulatedOrganization, Simulator, SimulatorOptions } from "./simulator";
import { DAY } from "./timestamp";
import { simulatedToken, tokenState } from "./tokenState";

const UNREACHABLE = { limit: 1_000_000, periodSeconds: 60 };
const NAME = "Example Incorporated";

/**
 * Starts a local Datadog on 127.0.0.1, with an organization that the seed determines. It serves personal access tokens
 * (list, get, create, update, revoke), the same of service accounts, `current_user`, `users`, `users/{id}` and the
 * search of the Audit Trail.
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
  const { port = 0, seed = 1, clock = Date.now, rateLimit = UNREACHABLE, errorShape } = options;
  const { staysVisibleFor = 0, deleteAnswers204For = 1_000, strictServiceTokens = false } = options;
  const { auditTrail = true, leakInformation = true } = options;
  const behaviour = { staysVisibleFor, deleteAnswers204For, strictServiceTokens, auditTrail, leakInformation };
  const today = Math.floor(clock() / DAY) * DAY;

  const random = new Random(seed);
  const organizations = new Organizations();
  const found = (settings: OrganizationSettings & { name: string }, random: Random): SimulatedOrganization => {
    const { organization, visible } = foundOrganization(settings, { random, today, behaviour });
    organizations.add(organization);
    return visible;
  };
  const first = found({ name: NAME, ...options }, random);

  const server = new DatadogServer({ organizations, random, rateLimit, errorShape, clock });
  server.http.listen(port, "127.0.0.1");
  await once(server.http, "listening");

  return {
    url: `http://127.0.0.1:${(server.http.address() as AddressInfo).port}`,
    ...first,
    requests: (since = 0) => server.log.slice(since),
    fault: (matcher, fault) => server.faults.add(matcher, fault),
    find: (id) => {
      const token = organizations.findToken(id);
      return token && tokenState(token, clock());
    },
    revoke: (id) => {
      organizations.token(id).revokedAt ??= clock();
    },
    restore: (id) => {
      Object.assign(organizations.token(id), { revokedAt: null, deletedAt: null });
    },
    leak: (id, leak = {}) => {
      organizations.token(id).leak = leak && foundLeaked(leak, random, clock());
    },
    addUser: (settings = {}) => addUser(settings, organizations, random, clock()),
    createKeys: (scopes, ownerId = first.keyOwner.id) => {
      const { organization, account } = organizations.member(ownerId);
      return createKeys(organization, random, account, scopes);
    },
    addToken: (settings = {}) =>
      simulatedToken(addToken({ ownerId: first.keyOwner.id, ...settings }, organizations, random, clock())),
    addOrganization: (settings = {}) => {
      const number = organizations.count + 1;
      // Numbers of its own, so that what was asked of the server before makes no difference.
      return found({ name: `${NAME} ${number}`, ...settings }, new Random(seed + number * 0x9e3779b9));
    },
    stop: () => server.stop(),
  };
}
