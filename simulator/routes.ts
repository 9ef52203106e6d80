import type { Answer } from "./answer";
import type { ApiRequest } from "./apiRequest";
import { createToken, getToken, listTokens, revokeToken, updateToken } from "./personalTokens";
import { Refusal } from "./refusal";
import { getCurrentUser, getUser } from "./users";

type Endpoint = (request: ApiRequest) => Answer;

interface Route {
  /** Its first group, where it has one, is the id. */
  readonly path: RegExp;
  readonly endpoints: Readonly<Record<string, Endpoint>>;
}

const ROUTES: readonly Route[] = [
  {
    path: /^\/api\/v2\/personal_access_tokens\/([^/]+)$/,
    endpoints: { GET: getToken, PATCH: updateToken, DELETE: revokeToken },
  },
  { path: /^\/api\/v2\/personal_access_tokens$/, endpoints: { GET: listTokens, POST: createToken } },
  { path: /^\/api\/v2\/current_user$/, endpoints: { GET: getCurrentUser } },
  { path: /^\/api\/v2\/users\/([^/]+)$/, endpoints: { GET: getUser } },
];

/** The endpoint for a request, and the id in its path (empty where there is none). */
export function route(method: string, path: string): { endpoint: Endpoint; id: string } {
  for (const { path: pattern, endpoints } of ROUTES) {
    const match = pattern.exec(path);
    if (match === null) continue;
    const endpoint = endpoints[method];
    if (endpoint === undefined) throw new Refusal(405, `this path does not take ${method}`);
    return { endpoint, id: match[1] ?? "" };
  }
  throw new Refusal(404, "there is no such path in this simulator");
}
