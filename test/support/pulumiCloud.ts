import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { afterwards } from "./afterwards";
import type { Answer } from "./server";
import type { StackHistory } from "./stackHistory";

/** One update of a stack, as Pulumi Cloud keeps it. */
export interface CloudUpdate {
  readonly id: string;
  readonly info: {
    readonly kind: string;
    readonly message: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly config: object;
    readonly version: number;
    /** Seconds since 1970. */
    readonly startTime: number;
    endTime: number;
    result: string;
    resourceChanges: Readonly<Record<string, number>>;
  };
  /** The state after it, as JSON; undefined where it recorded none. */
  state: string | undefined;
}

export interface CloudStack {
  readonly tags: Readonly<Record<string, string>>;
  /** Oldest first. */
  readonly updates: CloudUpdate[];
  /** As JSON. */
  state: string;
  /** What is under way, previews too. */
  current: CloudUpdate | undefined;
}

export interface PulumiCloud {
  /** For `pulumi login`, with the path that the API has there. */
  readonly url: string;
  readonly accessToken: string;
  /** By `organization/project/stack`. */
  readonly stacks: Map<string, CloudStack>;
  /** `"GET /api/user"`, in order; queries included. */
  readonly requests: string[];
  /** Answers requests like this, such as `/export$/`, in another way; the last one that fits holds. */
  fault(request: RegExp, fault: Answer): void;
  readonly faults: [RegExp, Answer][];
  /** Puts a history there, as if the CLI had made it. */
  put(stack: string, history: StackHistory): CloudStack;
}

export const USER = { name: "Ann Lee", githubLogin: "ann", email: "ann@example.com", avatarUrl: "" };
const EMPTY = JSON.stringify({
  version: 3,
  deployment: { manifest: { time: "2026-01-01T00:00:00Z", magic: "", version: "" } },
});

/**
 * A Pulumi Cloud on loopback, until the tests of the file are over: as much of the documented REST API as the CLI needs to
 * log in, make stacks, deploy, cancel and tell of it. It has no capabilities, so the CLI sends whole checkpoints.
 *
 * @param path where the API is, such as `"/pulumi"`
 * @see https://www.pulumi.com/docs/reference/cloud-rest-api/
 */
export async function startPulumiCloud({ path = "", page = 40 } = {}): Promise<PulumiCloud> {
  const accessToken = `pul-${"0123456789abcdef".repeat(2)}`;
  const stacks = new Map<string, CloudStack>();
  const requests: string[] = [];
  const faults: [RegExp, Answer][] = [];
  const server = createServer(async (request, response) => {
    const { method = "", headers } = request;
    const url = new URL(request.url ?? "", "http://localhost");
    const asked = `${method} ${url.pathname.slice(path.length)}${url.search}`;
    requests.push(asked);
    const fault = faults.findLast(([which]) => which.test(asked))?.[1];
    if (fault) return fault(request, response);
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const bytes = Buffer.concat(parts);
    const text = (headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString();
    const [status, body] = answer(url, method, headers.authorization ?? "", text === "" ? {} : JSON.parse(text));
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });

  function answer({ pathname, searchParams }: URL, method: string, authorization: string, sent: Sent): Reply {
    if (!pathname.startsWith(`${path}/api/`)) return refusal(404, "Not Found: no such page");
    const isUpdate = authorization.startsWith("update-token ");
    if (!isUpdate && authorization !== `token ${accessToken}`) return refusal(401, "Unauthorized: No credentials");
    const [area, ...names] = pathname.slice(`${path}/api/`.length).split("/").map(decodeURIComponent);
    if (area === "capabilities") return [200, { capabilities: [] }];
    if (area === "user") return ofUser([...stacks.keys()], names[0], searchParams, page);
    if (area !== "stacks") return refusal(404, "Not Found");
    const [organization, project, name, ...rest] = names;
    if (name === undefined && method === "HEAD") {
      const isKnown = [...stacks.keys()].some((key) => key.startsWith(`${organization}/${project}/`));
      return [isKnown ? 200 : 404, {}];
    }
    const full = `${organization}/${project}/${name ?? sent.stackName}`;
    if (name === undefined) {
      stacks.set(full, { tags: sent.tags ?? {}, updates: [], state: EMPTY, current: undefined });
      return [200, {}];
    }
    const stack = stacks.get(full);
    return stack
      ? ofStack(full, stack, rest, searchParams, sent)
      : refusal(404, `Not Found: Stack '${full}' not found`);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterwards(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    accessToken,
    stacks,
    requests,
    faults,
    fault: (request, fault) => void faults.push([request, fault]),
    put: (full, stackHistory) => {
      const stack = stackOf(stackHistory);
      stacks.set(full, stack);
      return stack;
    },
  };
}

/** Status and body. */
type Reply = [status: number, body: unknown];

const refusal = (code: number, message: string): Reply => [code, { code, message }];

function ofUser(stacks: readonly string[], what: string | undefined, query: URLSearchParams, page: number): Reply {
  if (what === undefined)
    return [200, { ...USER, id: "1", organizations: [USER, { githubLogin: "acme", name: "Acme" }] }];
  if (what === "organizations") return [200, { GitHubLogin: "acme" }];
  const all = stacks.map((full) => {
    const [orgName, projectName, stackName] = full.split("/");
    return { id: full, orgName, projectName, stackName };
  });
  const [project, organization] = [query.get("project"), query.get("organization")];
  const chosen = all.filter(
    (each) => (project ?? each.projectName) === each.projectName && (organization ?? each.orgName) === each.orgName,
  );
  const from = Number(query.get("continuationToken") ?? 0);
  const next = from + page < chosen.length ? { continuationToken: String(from + page) } : {};
  return [200, { stacks: chosen.slice(from, from + page), ...next }];
}

function ofStack(full: string, stack: CloudStack, path: readonly string[], query: URLSearchParams, sent: Sent): Reply {
  const [what, id, act] = path;
  if (what === undefined) return [200, described(full, stack)];
  if (what === "export") {
    const update = stack.updates.find(({ info }) => info.version === Number(id));
    const state = id === undefined ? stack.state : update?.state;
    return state === undefined ? refusal(404, "Not Found: no such version") : [200, state];
  }
  if (what === "updates") return [200, history(stack, query)];
  if (what === "encrypt") return [200, { ciphertext: reversed(sent.plaintext) }];
  if (what === "decrypt" && id === undefined) return [200, { plaintext: reversed(sent.ciphertext) }];
  if (what === "batch-decrypt") {
    return [200, { plaintexts: Object.fromEntries(sent.ciphertexts.map((each) => [each, reversed(each)])) }];
  }
  if (/^(update|preview|refresh|destroy)$/.test(what)) return deploy(stack, what, id, act, sent);
  // Tags, and what is told of decryption.
  return [200, {}];
}

function described(full: string, { tags, updates, current }: CloudStack): object {
  const [orgName, projectName, stackName] = full.split("/");
  const currentOperation = current && { kind: current.info.kind, author: "ann", started: current.info.startTime };
  // The last one, whether it is over or not.
  const activeUpdate = (current ?? updates.at(-1))?.id ?? "";
  return {
    id: full,
    orgName,
    projectName,
    stackName,
    tags,
    activeUpdate,
    version: updates.length,
    ...(currentOperation && { currentOperation }),
  };
}

function history({ updates }: CloudStack, query: URLSearchParams): object {
  const size = Number(query.get("pageSize") ?? 0);
  const from = size * (Number(query.get("page") ?? 1) - 1);
  const newest = updates.toReversed().slice(from, size === 0 ? undefined : from + size);
  if (query.get("output-type") !== "service") return { updates: newest.map(({ info }) => info) };
  const latestVersion = updates.length;
  return {
    updates: newest.map(({ id, info }) => ({
      info,
      updateID: id,
      version: info.version,
      latestVersion,
      requestedBy: USER,
    })),
    itemsPerPage: size,
    total: updates.length,
  };
}

const now = (): number => Math.floor(Date.now() / 1000);

/** What the CLI sends, by its requests some of these. */
interface Sent {
  readonly stackName: string;
  readonly tags?: CloudStack["tags"];
  readonly plaintext: string;
  readonly ciphertext: string;
  readonly ciphertexts: readonly string[];
  readonly metadata: Pick<CloudUpdate["info"], "message" | "environment">;
  readonly config?: object;
  readonly version: number;
  readonly features?: readonly string[];
  readonly deployment: object;
  readonly events?: readonly { readonly summaryEvent?: Pick<CloudUpdate["info"], "resourceChanges"> }[];
  readonly status: string;
}

/** The course of an update. */
function deploy(stack: CloudStack, kind: string, id: string | undefined, act: string | undefined, sent: Sent): Reply {
  const { current, updates } = stack;
  if (id === undefined) {
    if (current) return refusal(409, "Conflict: Another update is currently in progress.");
    const { message, environment } = sent.metadata;
    const info = { kind, message, environment, config: sent.config ?? {}, version: updates.length + 1 };
    const begun = { startTime: now(), endTime: 0, result: "in-progress", resourceChanges: {} };
    stack.current = { id: crypto.randomUUID(), info: { ...info, ...begun }, state: undefined };
    return [200, { updateID: stack.current.id }];
  }
  if (!current || current.id !== id) return [409, { code: 409, message: "Conflict: The update is not in progress." }];
  const end = (result: string): Reply => {
    Object.assign(current.info, { result, endTime: now() });
    stack.current = undefined;
    return [200, {}];
  };
  if (act === undefined) {
    if (kind !== "preview") updates.push(current);
    return [200, { version: current.info.version, token: "lease" }];
  }
  if (act === "renew_lease") return [200, { token: "lease" }];
  if (act === "checkpoint") {
    const { version, features, deployment } = sent;
    current.state = JSON.stringify({ version, ...(features && { features }), deployment });
    stack.state = current.state;
  }
  if (act === "events") {
    for (const { summaryEvent } of sent.events ?? []) {
      if (summaryEvent) current.info.resourceChanges = summaryEvent.resourceChanges;
    }
  }
  if (act === "complete") return end(sent.status);
  if (act === "cancel") return end("failed");
  return [200, {}];
}

/** Stands for encryption: the bytes the other way round, in base64 as they came. */
function reversed(base64: string): string {
  return Buffer.from(base64, "base64").reverse().toString("base64");
}

/** What the CLI would have left. */
function stackOf(history: StackHistory): CloudStack {
  const exported = (checkpoint: object): string => {
    const { latest } = (checkpoint as { checkpoint: { latest: object } }).checkpoint;
    return JSON.stringify({ version: 3, deployment: latest });
  };
  const updates = history.entries.map((entry, index): CloudUpdate => {
    const checkpoint = history.checkpoints[index];
    const info = { config: {}, resourceChanges: {}, ...entry, version: index + 1 };
    return { id: `update-${index + 1}`, info, state: checkpoint && exported(checkpoint) };
  });
  return { tags: {}, updates, state: exported(history.checkpoint()), current: undefined };
}
