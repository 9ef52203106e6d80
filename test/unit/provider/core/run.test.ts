import { lookUp } from "../../../../provider/core/lookUp";
import { NotRevokedError } from "../../../../provider/core/notRevokedError";
import { revokeOnce } from "../../../../provider/core/revoke";
import { Run } from "../../../../provider/core/run";
import type { Session } from "../../../../provider/core/session";
import { ConfigurationError } from "../../../../provider/datadog/errors";
import { datadogConfiguration } from "../../../../provider/datadog/settings";
import { type Answer, answer, json, startServer } from "../../../support/server";
import { KEYS, TOKEN_ID, TOKEN_PATH } from "../datadog/datadogClient";
import { ACTOR, askedAboutTokens, LISTING, listed, listener, PERSON, routes, tokenOf, WHO } from "./sessionFor";

const GET = `GET ${TOKEN_PATH}`;
const DELETE = `DELETE ${TOKEN_PATH}`;
const TOKEN = json(200, { data: tokenOf(PERSON) });
const OWN_VALUE = ["ddpat_1vCPtzKGJML79G0rwH3qpw", "0123456789abcdefghijklmnopqrstuvwxyz"].join("_");
const keys = KEYS as { apiKey: string; appKey: string };

/** A run with this environment; and what it said. */
function runIn(env: Record<string, string>) {
  const { lines, ...sink } = listener();
  return { run: new Run({ env, engine: { ...sink, demand: async () => {} } }), said: lines };
}

/** A run that is configured for a server of its own. */
async function runAt(answers: Record<string, Answer | Answer[]>) {
  const server = await startServer(routes({ [WHO]: ACTOR, [LISTING]: listed(), ...answers }));
  const { run, said } = runIn({ DD_API_KEY: keys.apiKey, DD_APP_KEY: keys.appKey });
  const config: Record<string, string> = {
    "datadog:apiUrl": server.url,
    "datadog:httpClientRetryEnabled": "false",
  };
  run.configure(datadogConfiguration((key) => config[key]));
  return { server, said, session: (await run.connect()) as Session };
}

test("two runs side by side share nothing: no look-up, no act, no warning", async () => {
  const one = await runAt({ [GET]: TOKEN, [DELETE]: answer(204) });
  const other = await runAt({});
  const revocation = { tokenId: TOKEN_ID, verify: false };
  const found = await Promise.all([one, other].map(({ session }) => lookUp(session, revocation)));
  expect(found.map((each) => each.found)).toEqual(["alive", "gone"]);

  const acts = await Promise.all([one, other].map(({ session }) => revokeOnce(session, revocation)));
  expect(acts.map(({ record }) => record.outcome)).toEqual(["revoked", "alreadyRevoked"]);
  expect(askedAboutTokens(one.server)).toEqual([GET, DELETE]);
  expect(askedAboutTokens(other.server)).toEqual([GET, LISTING, DELETE]);

  for (const { session } of [one, other]) await session.messages.warnOnce("of both", "a topic");
  expect(one.said).toEqual(["WARNING of both"]);
  expect(other.said).toEqual([expect.stringMatching(`^WARNING ${TOKEN_ID}: Datadog`), "WARNING of both"]);
});

test("a rate limit that one run has used up makes no other run wait", async () => {
  const limited = json(429, { errors: ["Too many requests"] }, { "X-RateLimit-Reset": "120" });
  const one = await runAt({ [GET]: limited });
  const other = await runAt({ [GET]: TOKEN });
  for (const why of [/answered 429/, /was not sent: Datadog's rate limit is exhausted/]) {
    expect(await lookUp(one.session, { tokenId: TOKEN_ID })).toEqual({
      found: "unseen",
      why: expect.stringMatching(why),
    });
  }
  expect(await lookUp(other.session, { tokenId: TOKEN_ID })).toMatchObject({ found: "alive" });
});

test("a run connects once, and says once what a person should know of its settings", async () => {
  const { run, said } = runIn({ DD_BEARER_TOKEN: OWN_VALUE, DD_API_KEY: keys.apiKey });
  const sessions = await Promise.all([run.connect(), run.connectToLook(), run.connectToRevoke(TOKEN_ID)]);
  expect(new Set(sessions).size).toBe(1);
  expect(said).toEqual(["WARNING DD_BEARER_TOKEN is used, DD_API_KEY is ignored: remove the one that is not meant"]);
  expect(run.ownTokenId()).toBe(TOKEN_ID);
});

describe("without credentials", () => {
  const { run } = runIn({});

  test("a run connects to nothing, and previews go on", async () => {
    expect(await run.connect()).toBeUndefined();
    expect(run.ownTokenId()).toBeUndefined();
  });

  test("a look is refused, and a revocation under its token's id, with what to set", async () => {
    await expect(run.connectToLook()).rejects.toThrow(ConfigurationError);
    await expect(run.connectToRevoke(TOKEN_ID)).rejects.toThrow(NotRevokedError);
    await expect(run.connectToRevoke(TOKEN_ID)).rejects.toThrow(
      `${TOKEN_ID}: not revoked: no Datadog credentials: set DD_BEARER_TOKEN, or DD_API_KEY and DD_APP_KEY`,
    );
  });
});

test("settings that cannot be used are told by every way of connecting", async () => {
  const { run } = runIn({ DD_API_KEY: keys.apiKey });
  await expect(run.connect()).rejects.toThrow(ConfigurationError);
  await expect(run.connectToRevoke(TOKEN_ID)).rejects.toThrow(
    `${TOKEN_ID}: not revoked: DD_API_KEY is set without an application key`,
  );
  expect(run.ownTokenId()).toBeUndefined();
});
