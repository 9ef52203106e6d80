import { createKeys } from "./keyPair";
import type { Behaviour, Organization } from "./organization";
import { PERMISSIONS } from "./permissionNames";
import type { Random } from "./random";
import { seedOrganization } from "./seed";
import type { OrganizationSettings, SimulatedOrganization } from "./simulator";
import { simulatedToken } from "./tokenState";

interface Circumstances {
  readonly random: Random;
  /** Milliseconds since 1970; all times are counted from here. */
  readonly today: number;
  readonly behaviour: Behaviour;
}

/**
 * A seeded organization with a key pair, and what users of the simulator see of it.
 *
 * @throws RangeError when `tokens` is no count.
 */
export function foundOrganization(
  { name, tokens = 12, permissions = PERMISSIONS }: OrganizationSettings & { readonly name: string },
  { random, today, behaviour }: Circumstances,
): { organization: Organization; visible: SimulatedOrganization } {
  if (!Number.isInteger(tokens) || tokens < 0) throw new RangeError("tokens must be a whole number, 0 or more");
  const { organization, administrator } = seedOrganization(random, { name, tokens, today, behaviour, permissions });
  const keys = createKeys(organization, random, administrator, null);
  const serviceAccounts = [...organization.accounts.values()].filter(({ type }) => type === "service_account");
  const visible = {
    ...keys,
    tokens: [...organization.tokens.values()].map(simulatedToken),
    keyOwner: { id: administrator.id, handle: administrator.handle },
    serviceAccounts: serviceAccounts.map((account) => ({ id: account.id, name: account.name })),
    organization: { id: organization.id, name },
  };
  return { organization, visible };
}
