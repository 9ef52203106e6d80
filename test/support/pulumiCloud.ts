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
    const send = (status: number, body: unknown = {}): void => {
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    };
    const refuse = (code: number, message: string): void => send(code, { code, message });
    const isUpdate = headers.authorization?.startsWith("update-token ");
    if (!url.pathname.startsWith(`${path}/api/`)) return refuse(404, "Not Found: no such page");
    if (!isUpdate && headers.authorization !== `token ${accessToken}`)
      return refuse(401, "Unauthorized: No credentials");
    const parts: unknown[] = [];
    for await (const part of request) parts.push(part);
    const bytes = Buffer.concat(parts as Buffer[]);
    const text = (headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString();
    const body = text === "" ? {} : JSON.parse(text);
    const names = url.pathname.slice(`${path}/api/`.length).split("/").map(decodeURIComponent);

    const [area, organization, project, name, ...rest] = names;
    if (area === "capabilities") return send(200, { capabilities: [] });
    if (area === "user" && organization === undefined) {
      return send(200, { ...USER, id: "1", organizations: [USER, { githubLogin: "acme", name: "Acme" }] });
    }
    if (area === "user" && organization === "organizations") return send(200, { GitHubLogin: "acme" });
    if (area === "user" && organization === "stacks") return send(200, listed(url.searchParams));
    if (area !== "stacks") return refuse(404, "Not Found");
    const full = `${organization}/${project}/${name ?? body.stackName}`;
    if (name === undefined) {
      if (method !== "POST")
        return send([...stacks.keys()].some((key) => key.startsWith(`${organization}/${project}/`)) ? 200 : 404);
      stacks.set(full, { tags: body.tags ?? {}, updates: [], state: EMPTY, current: undefined });
      return send(200);
    }
    const stack = stacks.get(full);
    if (!stack) return refuse(404, `Not Found: Stack '${full}' not found`);
    const [what = "", id, act] = rest;
    if (what === "") return send(200, described(full, stack));
    if (what === "export") {
      const update = stack.updates.find(({ info }) => info.version === Number(id));
      const state = id === undefined ? stack.state : update?.state;
      return state === undefined ? refuse(404, "Not Found: no such version") : send(200, state);
    }
    if (what === "updates") return send(200, history(stack, url.searchParams));
    if (what === "encrypt") return send(200, { ciphertext: reversed(body.plaintext) });
    if (what === "decrypt" && id === undefined) return send(200, { plaintext: reversed(body.ciphertext) });
    if (what === "batch-decrypt") {
      const all: string[] = body.ciphertexts;
      return send(200, { plaintexts: Object.fromEntries(all.map((each) => [each, reversed(each)])) });
    }
    if (/^(update|preview|refresh|destroy)$/.test(what)) return send(...deploy(stack, what, id, act, body));
    return send(200);
  });

  function listed(query: URLSearchParams): object {
    const all = [...stacks.keys()].map((full) => {
      const [orgName, projectName, stackName] = full.split("/");
      return { id: full, orgName, projectName, stackName };
    });
    const [project, organization] = [query.get("project"), query.get("organization")];
    const chosen = all.filter(
      (each) => (project ?? each.projectName) === each.projectName && (organization ?? each.orgName) === each.orgName,
    );
    const from = Number(query.get("continuationToken") ?? 0);
    const next = from + page < chosen.length ? { continuationToken: String(from + page) } : {};
    return { stacks: chosen.slice(from, from + page), ...next };
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

/** What the CLI sends in the course of an update, by its requests one or the other of these. */
interface Sent {
  readonly metadata: Pick<CloudUpdate["info"], "message" | "environment">;
  readonly config?: object;
  readonly version: number;
  readonly features?: readonly string[];
  readonly deployment: object;
  readonly events?: readonly { readonly summaryEvent?: Pick<CloudUpdate["info"], "resourceChanges"> }[];
  readonly status: string;
}

/** @returns status and body */
function deploy(
  stack: CloudStack,
  kind: string,
  id: string | undefined,
  act: string | undefined,
  body: Sent,
): [number, unknown] {
  const { current, updates } = stack;
  if (id === undefined) {
    if (current) return [409, { code: 409, message: "Conflict: Another update is currently in progress." }];
    const { message, environment } = body.metadata;
    const info = { kind, message, environment, config: body.config ?? {}, version: updates.length + 1 };
    const begun = { startTime: now(), endTime: 0, result: "in-progress", resourceChanges: {} };
    stack.current = { id: crypto.randomUUID(), info: { ...info, ...begun }, state: undefined };
    return [200, { updateID: stack.current.id }];
  }
  if (!current || current.id !== id) return [409, { code: 409, message: "Conflict: The update is not in progress." }];
  const end = (result: string): [number, unknown] => {
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
    const { version, features, deployment } = body;
    current.state = JSON.stringify({ version, ...(features && { features }), deployment });
    stack.state = current.state;
  }
  if (act === "events") {
    for (const { summaryEvent } of body.events ?? []) {
      if (summaryEvent) current.info.resourceChanges = summaryEvent.resourceChanges;
    }
  }
  if (act === "complete") return end(body.status);
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
