import { type Account, type Behaviour, Organization, type Token } from "./organization";
import { PERMISSIONS, type Permission } from "./permissionNames";
import type { Random } from "./random";
import { DAY, timestamp } from "./timestamp";
import { prefixFor, publicPortion, tokenValue } from "./tokenValue";

const ADMINISTRATOR = "Robin Okafor";

const PEOPLE = [
  "Maria Silva",
  "Jonas Lindqvist",
  "Aiko Tanaka",
  "Priya Raman",
  "Tom Becker",
  "Leila Haddad",
  "Sam Whitfield",
] as const;

const SERVICE_ACCOUNTS = ["deploy-bot", "metrics-exporter", "incident-bot"] as const;

const TOKEN_NAMES = [
  "ci-deploy",
  "terraform-prod",
  "grafana-sync",
  "laptop",
  "slo-report",
  "backup-dashboards",
  "monitor-linter",
  "oncall-scripts",
  "terraform-staging",
  "jenkins-legacy",
  "notebook-export",
  "cost-report",
  "synthetics-runner",
  "log-archiver",
  "status-page",
  "release-notes",
] as const;

const SCOPES = [
  ["dashboards_read"],
  ["dashboards_read", "dashboards_write"],
  ["metrics_read"],
  ["monitors_read", "monitors_write"],
  ["logs_read_data"],
  ["slos_read", "monitors_read"],
] as const;

export interface SeedSettings {
  readonly name: string;
  /** How many tokens. */
  readonly tokens: number;
  /** Milliseconds since 1970; all times are counted from here. */
  readonly today: number;
  readonly behaviour: Behaviour;
  /** What the owner of the default keys may do; the others may do everything. */
  readonly permissions: readonly Permission[];
}

/**
 * An organization that the random numbers determine: a few people and service accounts, and so many tokens of theirs.
 * Every fifth token is a service account's, every fourth was never used, another fourth not for a hundred days and
 * more; none expires within a month. The first tokens are the same whatever the count.
 *
 * @returns The organization, and the user who owns its first token and whom the default keys belong to.
 */
export function seedOrganization(random: Random, settings: SeedSettings) {
  const { name, tokens, today, behaviour, permissions } = settings;
  const founded = timestamp(today - 900 * DAY);
  const organization = new Organization(random.uuid(), name, founded, behaviour);

  const administrator = { ...seedUser(random, ADMINISTRATOR, today), permissions: new Set(permissions) };
  const users = [administrator, ...PEOPLE.map((name) => seedUser(random, name, today))];
  const serviceAccounts = SERVICE_ACCOUNTS.map((name) => seedServiceAccount(random, name, today));
  for (const account of [...users, ...serviceAccounts]) organization.addAccount(account);

  for (let index = 0; index < tokens; index++) {
    const owner = index === 0 ? administrator : random.pick(index % 5 === 4 ? serviceAccounts : users);
    organization.addToken(seedToken(random, index, owner, today));
  }
  return { organization, administrator };
}

function seedUser(random: Random, name: string, today: number): Account {
  const handle = `${name.toLowerCase().replace(" ", ".")}@example.com`;
  return { ...seedAccount(random, today), type: "users", name, handle, email: handle };
}

function seedServiceAccount(random: Random, name: string, today: number): Account {
  const account = seedAccount(random, today);
  return { ...account, type: "service_account", name, handle: account.id, email: `${name}@example.com` };
}

function seedAccount(random: Random, today: number) {
  return {
    id: random.uuid(),
    createdAt: daysBefore(random, today, random.integer(400, 800)),
    permissions: new Set(PERMISSIONS),
  };
}

function seedToken(random: Random, index: number, owner: Account, today: number): Token {
  const id = random.uuid();
  const prefix = prefixFor(owner);
  const round = Math.floor(index / TOKEN_NAMES.length) + 1;
  const name = TOKEN_NAMES[index % TOKEN_NAMES.length];
  const neverUsed = index % 4 === 1;
  const unusedDays = index % 4 === 3 ? random.integer(100, 240) : random.integer(0, 20);
  const ageDays = unusedDays + random.integer(5, 50);
  return {
    id,
    value: tokenValue(prefix, id, random),
    publicPortion: publicPortion(owner, prefix, id),
    owner,
    name: round === 1 ? `${name}` : `${name}-${round}`,
    scopes: random.pick(SCOPES),
    createdAt: daysBefore(random, today, ageDays),
    expiresAt: owner.type === "service_account" && index % 2 === 0 ? null : daysBefore(random, today, ageDays - 364),
    modifiedAt: null,
    lastUsedAt: neverUsed ? null : daysBefore(random, today, unusedDays),
    revokedAt: null,
    deletedAt: null,
    leak: null,
  };
}

/** So many days before today, and some hours of a day more. Its draws are kept as they were: ids depend on them. */
function daysBefore(random: Random, today: number, days: number): string {
  return timestamp(today - days * DAY - random.integer(0, DAY - 1), Math.floor(random.integer(0, 999_999) / 1000));
}
