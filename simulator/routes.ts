import type { Answer } from "./answer";
import type { ApiRequest } from "./apiRequest";
import { searchAuditTrail } from "./auditTrail";
import * as personalTokens from "./personalTokens";
import { invalidParameter, Refusal } from "./refusal";
import * as serviceTokens from "./serviceTokens";
import { getCurrentUser, getUser, listUsers } from "./users";

type Endpoint = (request: ApiRequest) => Answer;

interface Route {
  /** Its groups are the ids, named as Datadog names them. */
  readonly path: RegExp;
  readonly endpoints: Readonly<Record<string, Endpoint>>;
}

const ROUTES: readonly Route[] = [
  {
    path: /^\/api\/v2\/personal_access_tokens$/,
    endpoints: { GET: personalTokens.listTokens, POST: personalTokens.createToken },
  },
  {
    path: /^\/api\/v2\/personal_access_tokens\/(?<token_id>[^/]+)$/,
    endpoints: {
      GET: personalTokens.getToken,
      PATCH: personalTokens.updateToken,
      DELETE: personalTokens.revokeToken,
    },
  },
  {
    path: /^\/api\/v2\/service_accounts\/(?<service_account_id>[^/]+)\/access_tokens$/,
    endpoints: { GET: serviceTokens.listTokens, POST: serviceTokens.createToken },
  },
  {
    path: /^\/api\/v2\/service_accounts\/(?<service_account_id>[^/]+)\/access_tokens\/(?<token_id>[^/]+)$/,
    endpoints: { GET: serviceTokens.getToken, PATCH: serviceTokens.updateToken, DELETE: serviceTokens.revokeToken },
  },
  { path: /^\/api\/v2\/current_user$/, endpoints: { GET: getCurrentUser } },
  { path: /^\/api\/v2\/users$/, endpoints: { GET: listUsers } },
  { path: /^\/api\/v2\/users\/(?<user_id>[^/]+)$/, endpoints: { GET: getUser } },
  { path: /^\/api\/v2\/audit\/events\/search$/, endpoints: { POST: searchAuditTrail } },
];

/** The endpoint for a request, and the ids in its path. */
export function route(method: string, path: string): { endpoint: Endpoint; parameters: ApiRequest["path"] } {
  for (const { path: pattern, endpoints } of ROUTES) {
    const match = pattern.exec(path);
    if (match === null) continue;
    const endpoint = Object.hasOwn(endpoints, method) ? endpoints[method] : undefined;
    if (endpoint === undefined) throw new Refusal(405, `this path does not take ${method}`);
    const parameters = Object.entries(match.groups ?? {}).map(([name, text]) => [name, decoded(name, text)]);
    return { endpoint, parameters: Object.fromEntries(parameters) };
  }
  throw new Refusal(404, "there is no such path in this simulator");
}

function decoded(name: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidParameter(name, "a percent-encoded text");
  }
}
