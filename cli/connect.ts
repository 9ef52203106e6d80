import { whoAmI } from "../provider/core/lookUp";
import { ownerText } from "../provider/core/owners";
import { PACKAGE } from "../provider/core/resourceTypes";
import { Run } from "../provider/core/run";
import type { Session } from "../provider/core/session";
import { type Configuration, datadogConfiguration, readSettings, SECRET_KEYS } from "../provider/datadog/settings";
import { plainLine, sentence } from "../provider/text/plainLine";
import type { Options } from "./options";
import { readStackConfiguration, type Where } from "./stackConfiguration";
import { UsageError } from "./usageError";

/** Datadog, and whose credentials reach it. */
export interface Connected {
  readonly session: Session;
  /** `"environment"`, or `"configuration of stack shop/dev"`. */
  readonly credentials: string;
}

const group = "Credentials, where the environment has none" as const;

/** The options of a command that is not about stacks otherwise. */
export const STACK_OPTIONS = {
  stack: {
    type: "string",
    group,
    placeholder: "NAME",
    description: "use those in the configuration of this stack (default: the stack that is selected, or the only one)",
  },
  cwd: {
    type: "string",
    group,
    default: ".",
    placeholder: "FOLDER",
    description: "the folder of the stack's project, or one in it",
  },
} as const satisfies Options;

/** What a command's help says of credentials. */
export const CREDENTIALS_HELP = `Credentials come from the environment: DD_BEARER_TOKEN, or DD_API_KEY and DD_APP_KEY; DD_SITE or DD_HOST says where.
Where it has none, they come from the configuration of a stack, decrypted by pulumi: datadog:apiKey and so on, or the
provider plugin's, datadog-revocation:apiKey and so on.`;

/**
 * Connects to Datadog with the environment's credentials or, where it has none, a stack's. What the user should know about
 * them goes to standard error.
 *
 * @throws UsageError when there are none; ConfigurationError when they cannot be used
 */
export async function connect(where: Where): Promise<Connected> {
  const session = await connectWith(NONE);
  if (session) return { session, credentials: "environment" };
  const configuration = await readStackConfiguration(where).catch((error: unknown) => {
    throw noCredentials(NONE, sentence(error).replace(/\.$/, ""));
  });
  const { values } = configuration;
  const hasShared = SECRET_KEYS.some((key) => values.has(`datadog:${key}`));
  const hasPlugins = SECRET_KEYS.some((key) => values.has(`${PACKAGE}:${key}`));
  const config = datadogConfiguration((key) => values.get(key), hasPlugins && !hasShared ? PACKAGE : "datadog");
  const credentials = `configuration of stack ${plainLine(configuration.stack)}`;
  const own = await connectWith(config);
  if (!own) throw noCredentials(config, `The ${credentials} has none`);
  const who = await whoAmI(own);
  const whose = who.actor
    ? `which belong to ${ownerText(who.actor)} of ${who.actor.organizationName ?? `organization ${who.actor.organizationId}`}`
    : `and Datadog does not say whose they are: ${who.why}`;
  process.stderr.write(`${plainLine(`Using the credentials in the ${credentials}, ${whose}`).replace(/\.$/, "")}.\n`);
  return { session: own, credentials };
}

const NONE = datadogConfiguration(() => undefined);

function connectWith(config: Configuration): Promise<Session | undefined> {
  const log = async (_: unknown, line: string): Promise<void> => void process.stderr.write(`${line}.\n`);
  const run = new Run({ env: process.env, engine: { log, demand: async () => {} } });
  run.configure(config);
  return run.connect();
}

/** @param unread why a stack's configuration gives none: a sentence */
function noCredentials(config: Configuration, unread: string): UsageError {
  const { noCredentials } = readSettings(config, process.env);
  const why = noCredentials.replace(/^./, (letter) => letter.toUpperCase());
  return new UsageError(
    `${why}: set DD_BEARER_TOKEN, or DD_API_KEY and DD_APP_KEY, in the environment; or give with --stack a stack ` +
      `whose configuration has them, and with --cwd its project's folder. ${unread}.`,
  );
}
