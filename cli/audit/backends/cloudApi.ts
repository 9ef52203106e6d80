import { constants } from "node:buffer";
import type { KyInstance } from "ky";
import * as v from "valibot";
import { describeNetworkFailure } from "../../../provider/datadog/networkFailure";
import { fetchThrough } from "../../../provider/datadog/proxiedFetch";
import { chooseProxy, type HttpProxy } from "../../../provider/datadog/proxy";
import { redactParts } from "../../../provider/datadog/redactSecrets";
import { readBytes } from "../../../provider/datadog/responseBody";
import { plainLine } from "../../../provider/text/plainLine";
import { UsageError } from "../../usageError";

/** Milliseconds that one attempt may take until its answer begins. */
const ATTEMPT = 60_000;
/** Milliseconds that a whole body may take: a state can have hundreds of megabytes. */
const BODY = 300_000;

/** Where a Pulumi Cloud is, and who asks it. */
export interface CloudAccess {
  /** With or without a path; without a slash at its end. */
  readonly apiUrl: string;
  readonly accessToken: string;
}

/** An answer that is not the one that was asked for. Its message is a sentence. */
export class CloudError extends Error {
  constructor(
    message: string,
    /** Undefined: there was no answer. */
    readonly status?: number,
  ) {
    super(message);
  }
}

/** How Pulumi Cloud words an error. */
const ErrorBody = v.object({ message: v.string() });

/**
 * Pulumi Cloud's REST API, of which an audit only reads.
 *
 * @see https://www.pulumi.com/docs/reference/cloud-rest-api/
 */
export class CloudApi {
  /** For messages. */
  readonly host: string;
  readonly #access: CloudAccess;
  readonly #proxy: HttpProxy | undefined;
  readonly #redact: (text: string) => string;
  #ky: Promise<KyInstance> | undefined;

  /** @throws UsageError or ConfigurationError for an address, a token or a proxy that cannot be used */
  constructor({ apiUrl, accessToken }: CloudAccess) {
    const { host, username, password } = URL.canParse(apiUrl) ? new URL(apiUrl) : { host: "" };
    if (host === "" || username || password) {
      throw new UsageError("The backend's address is not one of Pulumi Cloud: write it like https://api.pulumi.com.");
    }
    if (/[^\x21-\x7e]/.test(accessToken)) {
      throw new UsageError(
        "The access token for Pulumi Cloud holds a space, a line break or another character that no token has. Set PULUMI_ACCESS_TOKEN again.",
      );
    }
    this.#access = { apiUrl: apiUrl.replace(/\/+$/, ""), accessToken };
    this.host = host;
    this.#proxy = chooseProxy(apiUrl, process.env);
    const redact = redactParts([accessToken]);
    this.#redact = (text) => plainLine(redact(text));
  }

  /**
   * The body of an answer, byte for byte.
   *
   * @param what what it is, for messages
   * @param path its names, unencoded
   * @throws CloudError
   */
  async read(what: string, path: readonly string[], query: Record<string, string> = {}): Promise<Buffer> {
    const address = [this.#access.apiUrl, "api", ...path.map(encodeURIComponent)].join("/");
    const search = new URLSearchParams(query).toString();
    this.#ky ??= this.#createKy();
    const ky = await this.#ky;
    try {
      const response = await ky(search === "" ? address : `${address}?${search}`);
      return await readBytes(response, BODY, constants.MAX_STRING_LENGTH);
    } catch (error) {
      // The error holds the request, with the token in its headers: nothing of it goes on.
      const { response, data } = error as { readonly response?: Response; readonly data?: unknown };
      const status = response?.status;
      if (status !== undefined) throw new CloudError(this.#refusal(what, status, data), status);
      const said = this.#redact(`gave no answer${describeNetworkFailure(error, this.#proxy)}`);
      throw new CloudError(`${what}: ${this.host} ${said}`);
    }
  }

  /** @throws CloudError for what is not the JSON that is expected, too */
  async get<Schema extends v.GenericSchema>(
    schema: Schema,
    what: string,
    path: readonly string[],
    query?: Record<string, string>,
  ): Promise<v.InferOutput<Schema>> {
    const parsed = v.safeParse(schema, parseJson(what, await this.read(what, path, query)));
    if (parsed.success) return parsed.output;
    throw new CloudError(`${what}: what ${this.host} answered is not what Pulumi Cloud's API promises`);
  }

  #refusal(what: string, status: number, data: unknown): string {
    const { host } = this;
    const said = v.is(ErrorBody, data) ? `: ${this.#redact(data.message).replace(/\.$/, "")}` : "";
    if (status === 401) {
      return `${what}: ${host} did not accept the access token. Run pulumi login, or set PULUMI_ACCESS_TOKEN`;
    }
    if (status === 403) {
      return `${what}: ${host} does not allow it (403${said}). The owner of the access token needs the right to read the stack`;
    }
    if (status === 404)
      return `${what}: ${host} has none, or the owner of the access token may not see it (404${said})`;
    if (status >= 300 && status < 400) {
      return (
        `${what}: ${host} redirects elsewhere (${status}), and the access token would go along. ` +
        "Log in with the address of Pulumi Cloud's API itself"
      );
    }
    const isTransient = status >= 500 || status === 429;
    return `${what}: ${host} answered ${status}${said}${isTransient ? ". Try again later" : ""}`;
  }

  async #createKy(): Promise<KyInstance> {
    const { default: ky } = await import("ky");
    const through = this.#proxy && { fetch: await fetchThrough(this.#proxy) };
    const { accessToken } = this.#access;
    return ky.create({
      headers: { Accept: "application/vnd.pulumi+8", Authorization: `token ${accessToken}` },
      // The token would follow a redirect.
      redirect: "manual",
      timeout: ATTEMPT,
      retry: { limit: 3, maxRetryAfter: ATTEMPT },
      ...through,
    });
  }
}

/** @throws CloudError */
export function parseJson(what: string, body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new CloudError(`${what} is damaged: it is not valid JSON`);
  }
}
