import { DatadogClient } from "../datadog/client";
import { ConfigurationError } from "../datadog/errors";
import { RateLimit } from "../datadog/rateLimit";
import { type Environment, NO_CREDENTIALS, ownTokenId, readSettings, type Settings } from "../datadog/settings";
import { sentence } from "../text/plainLine";
import { type MessageSink, Messages } from "./messages";
import { NotRevokedError } from "./notRevokedError";
import { Session } from "./session";

export { ConfigurationError, DatadogError } from "../datadog/errors";
export { NO_CREDENTIALS, SECRET_KEYS } from "../datadog/settings";

/** What a run stands in. */
export interface Surroundings {
  readonly env: Environment;
  /** The engine, which shows messages and records what is done. */
  readonly engine: MessageSink & {
    /** Ends everything when the engine is gone: what is done from then on would never be recorded. */
    require(): Promise<void>;
  };
}

/** Gives the value of a key of the stack's configuration, decrypted. */
export type Configuration = (key: string) => string | undefined;

/** One preview, up, refresh or destroy: all that belongs to it, and ends with it. */
export class Run {
  readonly messages: Messages;
  readonly #surroundings: Surroundings;
  readonly #rateLimit = new RateLimit();
  #config: Configuration = () => undefined;
  #session: Session | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.messages = new Messages(surroundings.engine);
  }

  /** Takes the stack's configuration. Until then there is none. */
  configure(config: Configuration): void {
    this.#config = config;
  }

  /**
   * Connects to Datadog with the stack's configuration, or the environment: once a run.
   *
   * @returns undefined when there are no credentials at all, so that previews work without
   * @throws ConfigurationError
   */
  async connect(): Promise<Session | undefined> {
    if (this.#session) return this.#session;
    const { engine } = this.#surroundings;
    const { credentials, notices, ...settings } = this.#readSettings();
    if (!credentials) return undefined;
    const client = new DatadogClient({ ...settings, credentials }, this.#rateLimit);
    this.#session = new Session(client, this.messages, () => engine.require());
    for (const notice of notices) await this.messages.warnOnce(notice);
    return this.#session;
  }

  /**
   * The same for a look, which needs credentials.
   *
   * @throws ConfigurationError
   */
  async connectToLook(): Promise<Session> {
    const session = await this.connect();
    if (!session) throw new ConfigurationError(NO_CREDENTIALS);
    return session;
  }

  /**
   * The same for an act.
   *
   * @param subject what is acted on, usually a token id
   * @param consequence what it means for it when the settings cannot be used
   * @throws NotRevokedError
   */
  async connectFor(subject: string, consequence: string): Promise<Session | undefined> {
    return this.connect().catch((error) => {
      throw new NotRevokedError(`${subject}: ${consequence}: ${sentence(error)}`);
    });
  }

  /** The same for a revocation, which needs credentials. */
  async connectToRevoke(subject: string): Promise<Session> {
    const session = await this.connectFor(subject, "not revoked");
    if (!session) throw new NotRevokedError(`${subject}: not revoked: ${NO_CREDENTIALS}`);
    return session;
  }

  /** The id of the token that authenticates this run; undefined for none, and for settings that cannot be used. */
  ownTokenId(): string | undefined {
    try {
      return ownTokenId(this.#readSettings().credentials);
    } catch {
      return undefined;
    }
  }

  #readSettings(): Settings {
    return readSettings(this.#config, this.#surroundings.env);
  }

  /** Does work after all that was begun this way before: side by side it would all end, and be recorded, at the very end. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}
