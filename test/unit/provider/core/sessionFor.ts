import { type MessageSink, Messages } from "../../../../provider/core/messages";
import { type Snapshot, toSnapshot } from "../../../../provider/core/records";
import { Session } from "../../../../provider/core/session";
import { type Answer, json, type ScriptedServer, startServer } from "../../../support/server";
import { type ClientOptions, clientFor, describedToken, TOKEN_ID, tokenAnswer } from "../datadog/datadogClient";

/** What a run said, a line each: `"WARNING …"`; progress begins with `"…"`. */
export interface Said extends MessageSink {
  readonly lines: string[];
}

export function listener(): Said {
  const lines: string[] = [];
  return {
    lines,
    log: async (severity, line, ephemeral) => void lines.push(`${ephemeral ? "… " : ""}${severity} ${line}`),
  };
}

/** A run's session with a server, or with a simulator and its keys; and what it says. */
export function sessionFor(
  server: { readonly url: string; readonly apiKey?: string; readonly appKey?: string },
  options: ClientOptions & { readonly requireEngine?: () => Promise<void> } = {},
): { session: Session; said: string[] } {
  const { apiKey, appKey } = server;
  const keys = apiKey !== undefined &&
    appKey !== undefined && { credentials: { kind: "keys", apiKey, appKey } as const };
  const sink = listener();
  const client = clientFor(server.url, { ...keys, ...options });
  return { session: new Session(client, new Messages(sink), options.requireEngine), said: sink.lines };
}

/** The same with a Datadog that gives these answers: see {@link routes}. */
export async function sessionWith(
  answers: Parameters<typeof routes>[0],
  options: Parameters<typeof sessionFor>[1] = {},
): Promise<{ server: ScriptedServer; session: Session; said: string[] }> {
  const server = await startServer(routes(answers));
  return { server, ...sessionFor(server, options) };
}

/** Answers by method and path without query, in turn for each; 404 in Datadog's words to all else. */
export function routes(answers: Readonly<Record<string, Answer | readonly Answer[]>>): Answer {
  const counts: Record<string, number> = {};
  return (request, response) => {
    const route = `${request.method} ${request.url?.split("?")[0]}`;
    const all = [answers[route] ?? NOT_FOUND].flat();
    const count = counts[route] ?? 0;
    counts[route] = count + 1;
    all[Math.min(count, all.length - 1)]?.(request, response);
  };
}

/** What was asked about tokens, in order, without queries: `"DELETE /api/v2/…"`. */
export function askedAboutTokens({ received }: Pick<ScriptedServer, "received">): string[] {
  return received.map(({ method, url }) => `${method} ${url.split("?")[0]}`).filter((route) => /tokens/.test(route));
}

/** The id of a token by its number, and how it is asked for. */
export const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
export const get = (number: number): string => `GET /api/v2/personal_access_tokens/${idOf(number)}`;

export const NOT_FOUND = json(404, { errors: ["Not found"] });
export const FORBIDDEN = json(403, { errors: ["Forbidden"] });
export const LISTING = "GET /api/v2/personal_access_tokens";
export const WHO = "GET /api/v2/current_user";
export const ORGANIZATION_ID = "aaaaaaaa-0000-4000-8000-000000000000";

/** Whom the credentials belong to. */
export const ACTOR = json(200, {
  data: {
    type: "users",
    id: "22222222-2222-3333-4444-555555555555",
    attributes: { handle: "grace@example.com" },
    relationships: { org: { data: { type: "orgs", id: ORGANIZATION_ID } } },
  },
});

export type Owner = { readonly id: string; readonly type: "users" | "service_account" };
export const PERSON: Owner = { id: "11111111-2222-3333-4444-555555555555", type: "users" };
export const ACCOUNT: Owner = { id: "aaaaaaaa-2222-3333-4444-555555555555", type: "service_account" };

/** A token as Datadog describes it. */
export function tokenOf(owner: Owner, id = TOKEN_ID) {
  return { ...tokenAnswer({}, id).data, relationships: { owned_by: { data: owner } } };
}

/** The answer to a listing. */
export function listed(...tokens: object[]): Answer {
  return json(200, { data: tokens, meta: { page: { total_filtered_count: tokens.length } } });
}

/** The same token, as this package keeps it. */
export function snapshotOf(owner: Owner, id = TOKEN_ID) {
  return toSnapshot(describedToken({}, { id, owner })) as Required<Pick<Snapshot, "owner" | "name">> & Snapshot;
}
