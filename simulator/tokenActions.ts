import { type Answer, data, noContent } from "./answer";
import type { ApiRequest } from "./apiRequest";
import type { Caller } from "./authentication";
import { createdTokenResource, tokenResource } from "./jsonApi";
import { newToken } from "./newToken";
import type { Account, Token } from "./organization";
import { Refusal } from "./refusal";
import { timestamp } from "./timestamp";
import { changedAttributes, newAttributes } from "./tokenBody";

/** Answers a POST: a new token of this owner's, as the body describes it. */
export function create({ organization, caller, body, random, now }: ApiRequest, owner: Account): Answer {
  const { name, scopes, expiresAt } = newAttributes(body, owner, now);
  demandNoMoreThanOwn(caller, scopes, expiresAt);
  const token = newToken({ owner, name, scopes, createdAt: timestamp(now), expiresAt }, random);
  organization.addToken(token);
  return data(201, { data: createdTokenResource(token) });
}

/** Answers a GET. */
export function show(token: Token): Answer {
  return data(200, { data: tokenResource(token) });
}

/** Answers a PATCH: changes name and scopes as the body asks. */
export function update({ caller, body, now }: ApiRequest, token: Token): Answer {
  const { name, scopes } = changedAttributes(body, token);
  if (scopes !== undefined) demandNoMoreThanOwn(caller, scopes, token.expiresAt);
  token.name = name ?? token.name;
  token.scopes = scopes ?? token.scopes;
  token.modifiedAt = timestamp(now);
  return show(token);
}

/** Answers a DELETE. */
export function revoke({ now }: ApiRequest, token: Token): Answer {
  token.revokedAt ??= now;
  return noContent;
}

export function noSuchToken(): Refusal {
  return new Refusal(404, "there is no such access token");
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
