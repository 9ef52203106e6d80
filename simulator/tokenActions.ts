import { type Answer, jsonApi, noContent } from "./answer";
import type { ApiRequest } from "./apiRequest";
import type { Caller } from "./authentication";
import { oneWithLeak } from "./leakInformation";
import { newToken } from "./newToken";
import type { Account, Token } from "./organization";
import { checkQuery } from "./queryParameters";
import { Refusal } from "./refusal";
import { timestamp } from "./timestamp";
import { changedAttributes, newAttributes } from "./tokenBody";
import { createdTokenResource, tokenResource } from "./tokenResource";

/** Answers a POST: a new token of this owner's, as the body describes it. */
export function create({ organization, caller, query, body, random, now }: ApiRequest, owner: Account): Answer {
  checkQuery(query, {});
  const { name, scopes, expiresAt } = newAttributes(body, owner, now);
  demandNoMoreThanOwn(caller, scopes, expiresAt);
  const token = newToken({ owner, name, scopes, createdAt: timestamp(now), expiresAt }, random);
  organization.addToken(token);
  return jsonApi(201, { data: createdTokenResource(token) });
}

/** Answers a GET. */
export function show(request: ApiRequest, token: Token): Answer {
  checkQuery(request.query, { once: ["include"] });
  return jsonApi(200, oneWithLeak(token, request));
}

/** Answers a PATCH: changes name and scopes as the body asks. It says nothing of leaks. */
export function update({ caller, query, body, now }: ApiRequest, token: Token): Answer {
  checkQuery(query, {});
  const { name, scopes } = changedAttributes(body, token);
  if (scopes !== undefined) demandNoMoreThanOwn(caller, scopes, token.expiresAt);
  token.name = name ?? token.name;
  token.scopes = scopes ?? token.scopes;
  token.modifiedAt = timestamp(now);
  return jsonApi(200, { data: tokenResource(token) });
}

/** Answers a DELETE. */
export function revoke({ query, now }: ApiRequest, token: Token): Answer {
  checkQuery(query, {});
  token.revokedAt ??= now;
  token.deletedAt ??= now;
  return noContent;
}

export function noSuchToken(): Refusal {
  return new Refusal(404, "there is no such access token");
}

export function noSuchAccount(): Refusal {
  return new Refusal(404, "there is no such service account");
}

/** A call made with a token may not give more scopes or a longer life than the token has itself. */
function demandNoMoreThanOwn(caller: Caller, scopes: readonly string[], expiresAt: string | null): void {
  const { token } = caller;
  if (token === undefined) return;
  const outlives = token.expiresAt !== null && (expiresAt === null || expiresAt > token.expiresAt);
  if (outlives || scopes.some((scope) => !token.scopes.includes(scope))) {
    throw new Refusal(403, "an access token may not give more scopes or a longer life than its own");
  }
}
