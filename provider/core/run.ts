import { isDeepStrictEqual } from "node:util";
import { DatadogClient } from "../datadog/client";
import { ConfigurationError } from "../datadog/errors";
import { RateLimit } from "../datadog/rateLimit";
import {
  type Configuration,
  type Connection,
  datadogConfiguration,
  type Environment,
  ownTokenId,
  readSettings,
  type Settings,
} from "../datadog/settings";
import { sentence } from "../text/plainLine";
import { type MessageSink, Messages } from "./messages";
import { NotRevokedError } from "./notRevokedError";
import { Session } from "./session";
import { TokenLines } from "./tokenLines";

/** The engine, which shows messages and records what is done. */
export interface Engine extends MessageSink {
  /** Ends everything when the engine is gone: what is done from then on would never be recorded. */
  demand(): Promise<void>;
}

/** What a run stands in. */
export interface Surroundings {
  readonly env: Environment;
  readonly engine: Engine;
}

/** One preview, up, refresh or destroy: all that belongs to it, and ends with it. */
export class Run {
  readonly messages: Messages;
  readonly tokenLines: TokenLines;
  readonly #surroundings: Surroundings;
  readonly #rateLimit = new RateLimit();
  #config = datadogConfiguration(() => undefined);
  /** What the session was made from: a program may change its environment on the way. */
  #connection: Connection | undefined;
  #session: Session | undefined;
  #isOver = false;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.messages = new Messages(surroundings.engine);
    this.tokenLines = new TokenLines(this.messages);
  }

  /** Takes the configuration. Until then there is none. */
  configure(config: Configuration): void {
    this.#config = config;
  }

  /**
   * Connects to Datadog with the configuration, or the environment: once a run.
   *
   * @returns undefined when there are no credentials at all, so that previews work without
   * @throws ConfigurationError
   */
  async connect(): Promise<Session | undefined> {
    const { credentials, notices, noCredentials: _, giveCredentials: __, ...settings } = this.#readSettings();
    if (!credentials) return undefined;
    const connection = { ...settings, credentials };
    if (!this.#session || !isDeepStrictEqual(connection, this.#connection)) {
      this.#connection = connection;
      const client = new DatadogClient(connection, this.#rateLimit);
      this.#session = new Session(client, this.messages, () => this.#demandEngine());
    }
    const session = this.#session;
    for (const notice of notices) await this.messages.warnOnce(notice);
    return session;
  }

  /** The same for a look, which needs credentials. */
  async connectToLook(): Promise<Session> {
    const session = await this.connect();
    if (!session) throw new ConfigurationError(this.noCredentials);
    return session;
  }

  /**
   * The same for a verification, which may stay undone.
   *
   * @param subject a token id
   * @throws NotRevokedError
   */
  connectToVerify(subject: string): Promise<Session | undefined> {
    return this.#naming(subject, "not verified", this.connect());
  }

  /** The same to see where records were made, which may stay unknown: what stands against it is said. */
  connectToCompare(subject: string): Promise<Session | undefined> {
    return this.connect().catch(async (error) => {
      await this.messages.warnOnce(`${subject}: cannot be compared with the place of its record: ${sentence(error)}`);
      return undefined;
    });
  }

  /** The same for a revocation, which needs credentials. */
  connectToRevoke(subject: string): Promise<Session> {
    return this.#naming(subject, "not revoked", this.connectToLook());
  }

  async #naming<T>(subject: string, consequence: string, connecting: Promise<T>): Promise<T> {
    return connecting.catch((error) => {
      throw new NotRevokedError(`${subject}: ${consequence}: ${sentence(error)}`);
    });
  }

  /** Begins nothing more, and says what is left to say. To be called when the engine needs nothing more. */
  end(): Promise<void> {
    this.#isOver = true;
    return this.tokenLines.end();
  }

  async #demandEngine(): Promise<void> {
    // The process is about to end: what is begun now, nobody would record.
    if (this.#isOver) await new Promise(() => {});
    await this.#surroundings.engine.demand();
  }

  /** Why there is no session, and what to do. */
  get noCredentials(): string {
    const { noCredentials, giveCredentials } = this.#readSettings();
    return `${noCredentials}: ${giveCredentials}`;
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
}
