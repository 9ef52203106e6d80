import type { Fault } from "pulumi-datadog-revocation/simulator";
import { face } from "../support/face";
import { type Properties, unknown } from "../support/host";
import {
  actor,
  allSent,
  answered,
  failure,
  noToken,
  revoke,
  said,
  sent,
  time,
  useHosted,
  warnings,
} from "../support/hosted";

const hosted = useHosted({ tokens: 160 });

const DAY = 86_400_000;

const forbidden: Fault = { kind: "status", status: 403, body: { errors: ["Forbidden"] } };

/** What check says when it refuses. */
async function reasons(news: Properties): Promise<string[]> {
  const { failures } = await hosted.host.check({}, news);
  for (const { property } of failures) expect(property).toBe("");
  return failures.map(({ reason }) => reason);
}

/** A revocation as it stands in state: what check gave, and what create gave. */
async function recorded(args: Properties = {}) {
  const { id: tokenId, name } = hosted.token();
  const { inputs } = await hosted.host.check({}, { tokenId, ...args });
  const { properties } = await hosted.host.create(inputs);
  return { tokenId, name, inputs, properties, since: hosted.now() };
}

/** What a refresh leaves in state when Datadog knows the token again. */
async function foundAlive(args: Properties = {}) {
  const record = await recorded(args);
  hosted.simulator.restore(record.tokenId);
  const { properties, inputs } = await hosted.host.read(record.tokenId, record.properties);
  return { ...record, properties, inputs, news: { ...inputs, status: "revoked" }, since: hosted.now() };
}

describe("check of a token that is to be revoked", () => {
  test("shows its name and owner, not its last use, by one look-up for both checks of a run and its create", async () => {
    const { keyOwner } = hosted.simulator;
    const { id: tokenId } = hosted.simulator.addToken({ ownerId: keyOwner.id, lastUsedAt: Date.now() - 12 * DAY });
    const token = hosted.simulator.find(tokenId);
    const args = { tokenId: tokenId.toUpperCase(), reason: "found in a log", verify: true };
    const [first, second] = await Promise.all([1, 2].map(() => hosted.host.check({}, args)));
    expect(first).toEqual({
      failures: [],
      inputs: {
        tokenId,
        reason: "found in a log",
        verify: true,
        kind: "personal",
        status: "revoked",
        snapshot: {
          tokenId,
          kind: "personal",
          name: token?.name,
          owner: token?.owner,
          scopes: [...(token?.scopes ?? [])].sort(),
          createdAt: new Date(token?.createdAt ?? "").toISOString(),
          expiresAt: new Date(token?.expiresAt ?? "").toISOString(),
          leak: null,
        },
      },
    });
    expect(second).toEqual(first);
    expect(sent(hosted, tokenId)).toEqual(["GET 200"]);
    await hosted.host.create(first?.inputs ?? {});
    expect(sent(hosted, tokenId)).toEqual(["GET 200", "DELETE 204", "GET 404"]);
    const whose = `"${token?.name}", personal token of ${keyOwner.handle}, last used 12d ago`;
    expect(said(hosted.host, tokenId)).toEqual([
      `info ${tokenId}: to revoke: ${whose}`,
      `info ${tokenId}: revoked now, verified gone: ${whose}`,
    ]);
  });

  test("discards what the program passes as snapshot, status and kind", async () => {
    const forged = { tokenId: noToken, snapshot: { name: "forged" }, status: "alive", kind: "personal" };
    const { inputs } = await hosted.host.check({}, forged);
    expect(inputs).toEqual({ tokenId: noToken, status: "revoked", kind: "personal" });
  });

  test("takes what Datadog leaves out or adds", async () => {
    const { id: tokenId } = hosted.token();
    const attributes = { expires_at: null, created_at: "2026-01-02T03:04:05.123456789+02:00", scopes: null, added: {} };
    const data = {
      type: "personal_access_tokens",
      id: tokenId.toUpperCase(),
      attributes: { name: "n", ...attributes },
      relationships: { owned_by: { data: { id: hosted.simulator.keyOwner.id, type: "users" } } },
    };
    hosted.simulator.fault({ path: hosted.path(tokenId) }, { kind: "status", status: 200, body: { data } });
    const { inputs } = await hosted.host.check({}, { tokenId });
    const createdAt = "2026-01-02T01:04:05.123Z";
    expect(inputs.snapshot).toMatchObject({ tokenId, name: "n", createdAt, expiresAt: null });
    expect(inputs.snapshot).not.toHaveProperty("scopes");
  });
});

describe("check of a token that is recorded", () => {
  test.each([
    ["with a snapshot", { kind: "personal", snapshot: { name: "as it was", scopes: ["a", "b"] } }],
    ["without a snapshot", {}],
  ])("as revoked, %s, keeps what was recorded and sends no request", async (_, record) => {
    const { id: tokenId } = hosted.token();
    const since = hosted.now();
    const olds = { tokenId, status: "revoked", reason: "old", ...record };
    const news = { tokenId, reason: "new", expect: { name: "edited after the act" } };
    const checked = await hosted.host.check(olds, news);
    expect(checked).toEqual({ inputs: { ...news, status: "revoked", ...record }, failures: [] });
    expect(allSent(hosted, since)).toEqual([]);
  });

  test.each<[string, Properties]>([
    ["as alive", { status: "alive" }],
    ["as another token", { status: "revoked", tokenId: noToken }],
    ["without a status", {}],
    ["in a broken record", { status: [], snapshot: 7 }],
  ])("%s looks it up again", async (_, olds) => {
    const { id: tokenId, name } = hosted.token();
    const record = { tokenId, kind: "personal", snapshot: { name: "as it was" }, ...olds };
    const { inputs } = await hosted.host.check(record, { tokenId });
    expect(inputs).toMatchObject({ status: "revoked", snapshot: { name } });
    expect(sent(hosted, tokenId)).toEqual(["GET 200"]);
  });
});

describe("check of arguments", () => {
  test("passes an unknown token id, with a snapshot as unknown as that, and sends no request", async () => {
    const since = hosted.now();
    const checked = await hosted.host.check({}, { tokenId: unknown, reason: "known" });
    const inputs = { tokenId: unknown, reason: "known", status: "revoked", snapshot: unknown, kind: unknown };
    expect(checked).toEqual({ failures: [], inputs });
    expect(await reasons({ tokenId: unknown, ticket: 7 })).toEqual(["ticket must be a string, not a number"]);
    expect(allSent(hosted, since)).toEqual([]);
  });

  test("passes others that are unknown, and shows the token all the same", async () => {
    const { id: tokenId, name } = hosted.token();
    const others = { reason: unknown, ticket: unknown, reportedAt: unknown, onNotFound: unknown, verify: unknown };
    for (const expectation of [{ name: unknown, ownerId: hosted.simulator.find(tokenId)?.owner.id }, unknown]) {
      const args = { ...others, expect: expectation };
      const checked = await hosted.host.check({}, { tokenId, ...args });
      expect(checked).toMatchObject({ failures: [], inputs: { ...args, snapshot: { name } } });
    }
  });

  test("refuses what cannot be used before any request, and repeats no token value", async () => {
    const since = hosted.now();
    const { value } = hosted.token();
    for (const [news, sentence] of [
      [{ tokenId: null }, "missing"],
      [{ tokenId: noToken, reasons: "x" }, "reasons is not an argument: did you mean reason?"],
      [{ tokenId: value }, face === "plugin" ? ", as token" : "argument token"],
      [{ tokenId: noToken, reason: `leaked: ${value}` }, "reason holds a token value"],
      [{ tokenId: noToken, [value]: "x" }, "is not an argument"],
    ] as const) {
      const said = await reasons(news);
      expect(said).toEqual([expect.stringContaining(sentence)]);
      expect(said[0]).not.toContain(value.slice(29, 50));
    }
    expect(allSent(hosted, since)).toEqual([]);
  });

  test("refuses another owner than was meant, with who it is, and so does create", async () => {
    const { id: tokenId } = hosted.token();
    const { id, handle } = hosted.simulator.find(tokenId)?.owner ?? {};
    const args = { tokenId, expect: { ownerId: noToken } };
    const text = `${tokenId}: refused, not revoked: its owner is ${id} (${handle}), but expect.ownerId is ${noToken}: check tokenId and expect.ownerId`;
    expect(await reasons(args)).toEqual([text]);
    expect(await failure(hosted.host.create({ ...args, status: "revoked" }))).toMatchObject({ message: text });
    expect(sent(hosted, tokenId)).toEqual(["GET 200"]);
  });
});

describe("create", () => {
  test("revokes a token, sees it gone, and records who did it, what it was, and what was declared", async () => {
    const { id: tokenId } = hosted.token();
    const token = hosted.simulator.find(tokenId);
    const ownerId = token?.owner.id.toUpperCase();
    const args = {
      reason: "found in a log",
      ticket: "INC-1",
      requestedBy: "robin",
      reportedAt: "2026-01-01T00:00:00Z",
    };
    const started = new Date().toISOString();
    const { inputs } = await hosted.host.check({}, { tokenId, ...args, expect: { name: token?.name, ownerId } });
    const { id, properties } = await hosted.host.create(inputs);
    expect(id).toBe(tokenId);
    expect(properties).toEqual({
      tokenId,
      ...args,
      expect: inputs.expect,
      kind: "personal",
      status: "revoked",
      outcome: "revoked",
      revokedAt: time,
      httpStatus: 204,
      verifiedAt: time,
      apiUrl: hosted.simulator.url,
      actor: actor(hosted),
      act: { actor: actor(hosted), apiUrl: hosted.simulator.url, ...args },
      snapshot: { ...(inputs.snapshot as object), lastUsedAt: token?.lastUsedAt && time },
    });
    const times = [started, properties.revokedAt, properties.verifiedAt, new Date().toISOString()];
    expect(times.toSorted()).toEqual(times);
    expect(sent(hosted, tokenId)).toEqual(["GET 200", "DELETE 204", "GET 404"]);
    expect(hosted.simulator.find(tokenId)?.revokedAt).not.toBeNull();
    expect(warnings(hosted.host, tokenId)).toEqual([]);
  });

  test("records a token never seen as alreadyRevoked, warns of it once, whatever a guard expects, and claims nothing", async () => {
    const { id: tokenId } = hosted.token();
    hosted.simulator.revoke(tokenId);
    const args = { tokenId, expect: { name: "another" } };
    const inputs = { ...args, status: "revoked" };
    for (const _ of ["preview", "update"]) expect(await hosted.host.check({}, args)).toEqual({ inputs, failures: [] });
    const record = { outcome: "alreadyRevoked", revokedAt: time, httpStatus: 404 };
    const act = { actor: actor(hosted), apiUrl: hosted.simulator.url };
    const properties = { ...inputs, ...record, ...act, act };
    expect(await hosted.host.create(inputs)).toEqual({ id: tokenId, properties });
    expect(sent(hosted, tokenId)).toEqual(["GET 404", "DELETE 404"]);
    const text =
      `${answered(hosted)} does not know this token: it was revoked before, or the id, the site or the organization ` +
      "is wrong. It may also be a service account's token, which these credentials cannot see: set serviceAccountId, " +
      "or set token to its public portion with ddsat_. A resource that was replaced, tainted or renamed cannot see its earlier " +
      "records: protect: true and aliases prevent that. It counts as alreadyRevoked";
    expect(said(hosted.host, tokenId)).toEqual([
      `warning ${tokenId}: ${text}`,
      `info ${tokenId}: alreadyRevoked, Datadog does not know it; this stack never saw it`,
    ]);
  });

  test("that meets a rate limit is sent again when Datadog says", async () => {
    const { id: tokenId } = hosted.token();
    const limited: Fault = { kind: "status", status: 429, headers: { "X-RateLimit-Reset": "1" } };
    hosted.simulator.fault({ method: "DELETE", path: hosted.path(tokenId) }, limited);
    expect((await revoke(hosted.host, { tokenId })).properties).toMatchObject({ outcome: "revoked", httpStatus: 204 });
    const deletes = hosted.simulator
      .requests()
      .filter(({ path, method }) => method === "DELETE" && path.includes(tokenId));
    expect(deletes.map(({ status }) => status)).toEqual([429, 204]);
    expect(Number(deletes[1]?.at) - Number(deletes[0]?.at)).toBeGreaterThanOrEqual(950);
  });

  test("revokes with the permission for that alone; what may not be read is left out, and said", async () => {
    const host = await hosted.start({ keys: hosted.simulator.createKeys(["org_app_keys_write"]) });
    const { id: tokenId } = hosted.token();
    const { properties } = await revoke(host, { tokenId });
    const record = { status: "revoked", outcome: "revoked", httpStatus: 204, revokedAt: time };
    const act = { actor: actor(hosted), apiUrl: hosted.simulator.url };
    expect(properties).toEqual({ tokenId, ...record, ...act, act });
    expect(said(host, tokenId)).toEqual([
      expect.stringMatching(/^warning .*: its name and owner cannot be shown: GET .* answered 403: /),
      expect.stringMatching(
        /^warning .*: Datadog accepted the revocation, but it is not verified: GET .* answered 403: /,
      ),
      `info ${tokenId}: revoked now, not verified`,
    ]);
  });
});

describe("create of a second resource of one token", () => {
  test("gives the record of the first, sends nothing, and is judged by its own guards", async () => {
    const { tokenId, properties, since } = await recorded();
    const second = await revoke(hosted.host, { tokenId, reason: "again" });
    const act = { actor: actor(hosted), apiUrl: hosted.simulator.url, reason: "again" };
    expect(second.properties).toEqual({ ...properties, reason: "again", act });
    const error = await failure(hosted.host.create({ tokenId, status: "revoked", expect: { name: "another" } }));
    expect(error.message).toContain('but expect.name is "another"');
    expect(allSent(hosted, since)).toEqual([]);
    expect(warnings(hosted.host, tokenId)).toEqual([]);
  });
});

describe("diff", () => {
  const olds = { tokenId: noToken, reason: "x", expect: { name: "n" }, status: "revoked", outcome: "revoked" };
  const none = { changes: false, replaces: [], deleteBeforeReplace: false };
  const some = { ...none, changes: true };

  test("sees no change in the same arguments, whatever the package, the snapshot and the kind became", async () => {
    const { host } = hosted;
    expect(await host.diff(noToken, { ...olds, __provider: "as an older release left it" }, olds)).toEqual(none);
    const seen = { ...olds, snapshot: { name: "n" }, kind: "personal", revokedAt: "2026-11-24T09:30:00.000Z" };
    expect(await host.diff(noToken, seen, olds)).toEqual(none);
    expect(await host.diff(noToken, olds, { ...olds, snapshot: unknown, kind: "service" })).toEqual(none);
  });

  test("updates in place what was found alive, and says so: the engine's display may show no field", async () => {
    const record = { ...olds, tokenId: "11111111-0000-1234-0000-000000000000" };
    expect(await hosted.host.diff(record.tokenId, { ...record, status: "alive" }, record)).toEqual(some);
    expect(said(hosted.host, record.tokenId)).toEqual([expect.stringContaining("up revokes it again")]);
  });

  test.each<[string, Properties, string[]]>([
    ["in place for another reason", { reason: "y" }, []],
    ["in place for a reason that is not known yet", { reason: unknown }, []],
    ["in place for one more expectation", { expect: { name: "n", ownerId: noToken } }, []],
    ["in place for an argument that was not there", { onNotFound: "fail" }, []],
    ["in place for verify: false", { verify: false }, []],
    ["by replacement for another token", { tokenId: "11111111-0000-1234-0000-000000000000", reason: "y" }, ["tokenId"]],
    ["by replacement for a token that is not known yet", { tokenId: unknown }, ["tokenId"]],
  ])("updates %s", async (_, edit, replaces) => {
    expect(await hosted.host.diff(noToken, olds, { ...olds, ...edit })).toEqual({ ...some, replaces });
  });

  test("updates in place for an argument that is there no more", async () => {
    const { reason: _, ...news } = olds;
    expect(await hosted.host.diff(noToken, olds, news)).toEqual(some);
  });

  test("does not stop at a broken record", async () => {
    expect(await hosted.host.diff("", {}, olds)).toMatchObject({ changes: true });
    expect(await hosted.host.diff("", { tokenId: [], expect: 7 }, {})).toMatchObject({ changes: true });
  });
});

describe("update", () => {
  test("keeps the record at an edit, and sends nothing, also for what nobody had seen", async () => {
    const { tokenId, inputs, properties, since } = await recorded({ reason: "old", ticket: "INC-1" });
    const before = said(hosted.host, tokenId);
    const edit = { reason: "new", requestedBy: "robin", onNotFound: "fail" };
    const { ticket, ...news }: Properties = { ...inputs, ...edit };
    const { ticket: _, ...kept } = properties;
    const { url: apiUrl } = hosted.simulator;
    expect(kept.act).toEqual({ actor: actor(hosted), apiUrl, reason: "old", ticket: "INC-1" });
    for (const host of [hosted.host, await hosted.startBare({})]) {
      expect((await host.update(tokenId, properties, news)).properties).toEqual({ ...kept, ...edit });
    }
    for (const outcome of ["alreadyRevoked", "revoked"]) {
      const unseen = { tokenId: noToken, status: "revoked", outcome, httpStatus: 404, apiUrl, reason: "old" };
      const edited = await hosted.host.update(noToken, unseen, { tokenId: noToken, status: "revoked", reason: "new" });
      // What changes may have been secret: 0.1.0 did not say.
      expect(edited.properties).toEqual({ ...unseen, reason: "new", act: { apiUrl } });
    }
    expect(allSent(hosted, since)).toEqual([]);
    expect(said(hosted.host, tokenId)).toEqual(before);
  });

  test("revokes again what was found alive: a new record, with the arguments of now", async () => {
    const { tokenId, properties, since } = await foundAlive({ reason: "old" });
    const { inputs } = await hosted.host.check({ tokenId, status: "alive" }, { tokenId, reason: "new" });
    const { properties: updated } = await hosted.host.update(tokenId, properties, inputs);
    const now = { status: "revoked", revokedAt: time, verifiedAt: time };
    const act = { actor: actor(hosted), apiUrl: hosted.simulator.url, reason: "new" };
    expect(updated).toEqual({ ...properties, reason: "new", ...now, act });
    expect(String(updated.revokedAt) > String(properties.revokedAt)).toBe(true);
    expect(sent(hosted, tokenId, since)).toEqual(["GET 200", "DELETE 204", "GET 404"]);
  });

  test("leaves the old record when a guard or Datadog refuses, or there are no credentials", async () => {
    const { tokenId, news, properties } = await foundAlive();
    hosted.simulator.fault({ method: "DELETE", path: hosted.path(tokenId) }, forbidden);
    const guarded = { ...news, expect: { name: "another" } };
    for (const [host, inputs, words] of [
      [hosted.host, guarded, /^refused, not revoked: its name is .*, but expect.name is "another"/],
      [hosted.host, news, /^not revoked: DELETE .* answered 403: "Forbidden"/],
      [await hosted.startBare({}), news, /^not revoked: no Datadog credentials/],
    ] as const) {
      const { message, partial } = await failure(host.update(tokenId, properties, inputs));
      expect([message.replace(`${tokenId}: `, ""), partial]).toEqual([expect.stringMatching(words), undefined]);
    }
  });

  test("catches up on a verification that is due, by asking only, and not without credentials", async () => {
    const { tokenId, inputs, properties, since } = await recorded({ verify: false });
    const { verify, ...due } = inputs;
    const { verify: _, ...kept } = properties;
    expect((await (await hosted.startBare({})).update(tokenId, properties, due)).properties).toEqual(kept);
    const stillNot = await hosted.host.update(tokenId, properties, { ...inputs, reason: "x" });
    expect(stillNot.properties).toEqual({ ...properties, reason: "x" });
    expect(sent(hosted, tokenId, since)).toEqual([]);
    const updated = await hosted.host.update(tokenId, properties, { ...inputs, verify: true });
    expect(updated.properties).toEqual({ ...properties, verify: true, verifiedAt: time });
    expect(sent(hosted, tokenId, since)).toEqual(["GET 404"]);
  });
});

describe("read", () => {
  const args = { reason: "r", ticket: "t", requestedBy: "b", reportedAt: "2026-01-01T00:00:00Z", verify: true };

  test("leaves a record whose token is gone as it is, and gives back every input", async () => {
    const { tokenId, inputs, properties, since } = await recorded({ ...args, onNotFound: "accept" });
    const expectation = { expect: { name: "n" } };
    expect(await hosted.host.read(tokenId, { ...properties, ...expectation })).toEqual({
      id: tokenId,
      properties: { ...properties, ...expectation },
      inputs: { ...inputs, ...expectation },
    });
    expect(allSent(hosted, since)).toEqual(["GET 404"]);
    const { url: apiUrl } = hosted.simulator;
    const shortest = { tokenId: noToken, status: "revoked", outcome: "alreadyRevoked", apiUrl };
    const inputsOfShortest = { tokenId: noToken, status: "revoked" };
    const read = await hosted.host.read(noToken, shortest);
    expect(read).toEqual({ id: noToken, properties: shortest, inputs: inputsOfShortest });
  });

  test("shows a token that is there again as alive, in properties and inputs, and nothing else changes", async () => {
    const { tokenId, inputs, properties } = await recorded(args);
    hosted.simulator.restore(tokenId);
    const read = await hosted.host.read(tokenId, properties);
    const status = "alive";
    expect(read).toEqual({ id: tokenId, properties: { ...properties, status }, inputs: { ...inputs, status } });
    expect(await hosted.host.diff(tokenId, read.properties, inputs)).toMatchObject({ changes: true, replaces: [] });

    hosted.simulator.revoke(tokenId);
    expect(await hosted.host.read(tokenId, read.properties)).toEqual({ id: tokenId, properties, inputs });
  });

  test.each<[string, Fault | undefined, string]>([
    ["may not be seen", forbidden, 'answered 403: "Forbidden"'],
    ["cannot be asked about without credentials", undefined, "no Datadog credentials"],
  ])("leaves a record as it is whose token %s, and says so at the first", async (_, fault, words) => {
    const host = fault ? await hosted.start() : await hosted.startBare({});
    const both = [await recorded(), await recorded()];
    for (const { tokenId, properties, inputs } of both) {
      for (const status of ["revoked", "alive"]) {
        if (fault) hosted.simulator.fault({ method: "GET", path: hosted.path(tokenId), times: 4 }, fault);
        const read = await host.read(tokenId, { ...properties, status });
        expect(read).toEqual({ id: tokenId, properties: { ...properties, status }, inputs: { ...inputs, status } });
      }
    }
    const sentence = `${both[0]?.tokenId}: could not be checked; the recorded status is kept: `;
    expect(host.logs()).toMatchObject([{ severity: "warning", message: expect.stringContaining(words) }]);
    expect(host.logs()[0]?.message.startsWith(sentence)).toBe(true);
  });

  test("gives no empty id, and does not stop at a broken record", async () => {
    for (const properties of [{}, { status: 7, snapshot: {} }, { snapshot: "x", expect: [] }]) {
      expect(await hosted.host.read(noToken, properties)).toMatchObject({ id: noToken });
    }
  });
});

describe("delete", () => {
  test.each([
    ["revoked", ""],
    ["alive", " The token was alive when Datadog was last asked."],
  ])("of a record whose status is %s sends nothing and says so", async (status, addition) => {
    const { tokenId, properties, since } = await recorded();
    const before = said(hosted.host, tokenId);
    await hosted.host.delete(tokenId, { ...properties, status });
    expect(allSent(hosted, since)).toEqual([]);
    const sentence = `${tokenId}: removed from state only. Nothing was sent to Datadog and nothing is restored.`;
    expect(said(hosted.host, tokenId)).toEqual([...before, `info ${sentence}${addition}`]);
  });

  test("works without credentials, and for a broken record", async () => {
    const host = await hosted.startBare({ env: { DD_APP_KEY: "half a pair" } });
    await host.delete(noToken, {});
    await host.delete("", { status: [] });
    expect(host.logs().map(({ severity }) => severity)).toEqual(["info", "info"]);
  });
});

test("nothing is printed past the engine", async () => {
  expect(await hosted.host.printed()).toBe("");
});

test("what is secret among the arguments does not stand in the act, also when the record is of 0.1.0", async () => {
  const args = { tokenId: hosted.token().id, reason: "planted", ticket: "INC-1", secretArguments: ["reason"] };
  const { inputs } = await hosted.host.check({}, args);
  const { id, properties } = await hosted.host.create(inputs);
  expect(properties).toMatchObject({ reason: "planted", act: { ticket: "INC-1" } });
  expect(JSON.stringify(properties.act)).not.toContain("planted");

  const { act: _, secretArguments: __, ...olds } = properties;
  const edited = await hosted.host.update(id, olds, { ...inputs, reason: "another" });
  expect(JSON.stringify(edited.properties.act)).not.toContain("planted");
  expect((await hosted.host.read(id, properties)).inputs).toEqual(inputs);
});
