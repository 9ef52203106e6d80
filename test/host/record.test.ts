/**
 * The record's life after the revocation: edits, refreshes, removal.
 */
import type { Fault } from "pulumi-datadog-revocation/simulator";
import { type Properties, unknown } from "../support/host";
import { allSent, failure, noToken, revoke, said, sent, useHosted, time } from "../support/hosted";

const hosted = useHosted();


const forbidden: Fault = { kind: "status", status: 403, body: { errors: ["Forbidden"] } };

/** A revocation as it stands in state: what check gave, and what create gave. */
async function recorded(args: Properties = {}, host = hosted.host) {
  const { id: tokenId, name } = hosted.token();
  const { inputs } = await host.check({}, { tokenId, ...args });
  const { properties } = await host.create(inputs);
  return { tokenId, name, inputs, properties, since: hosted.simulator.requests().length };
}

/** What a refresh leaves in state when Datadog knows the token again. */
async function foundAlive(args: Properties = {}) {
  const record = await recorded(args);
  hosted.simulator.restore(record.tokenId);
  const read = await hosted.host.read(record.tokenId, record.properties);
  return {
    ...record,
    properties: read.properties,
    inputs: read.inputs ?? {},
    since: hosted.simulator.requests().length,
  };
}

describe("diff", () => {
  const olds = { tokenId: noToken, reason: "x", expect: { name: "n" }, status: "revoked", outcome: "revoked" };
  const none = { changes: false, replaces: [], deleteBeforeReplace: false };

  test("sees no change in the same arguments, whatever the package, the snapshot and the kind became", async () => {
    const { host } = hosted;
    expect(await host.diff(noToken, { ...olds, __provider: "as an older release left it" }, olds)).toEqual(none);
    const seen = { ...olds, snapshot: { name: "n" }, kind: "personal", revokedAt: "2026-11-24T09:30:00.000Z" };
    expect(await host.diff(noToken, seen, olds)).toEqual(none);
    expect(await host.diff(noToken, olds, { ...olds, snapshot: unknown, kind: "service" })).toEqual(none);
  });

  test("of a token that was found alive says what up will do: the engine's display may show no field", async () => {
    const tokenId = "11111111-0000-1234-0000-000000000000";
    await hosted.host.diff(tokenId, { ...olds, tokenId, status: "alive" }, { ...olds, tokenId });
    expect(said(hosted.host, tokenId)).toEqual([expect.stringContaining("up revokes it again")]);
  });

  test.each<[string, Properties]>([
    ["reason", { reason: "y" }],
    ["reason", { reason: undefined }],
    ["ticket", { ticket: "INC-1" }],
    ["requestedBy", { requestedBy: "robin" }],
    ["reportedAt", { reportedAt: "2026-11-24T09:30:00Z" }],
    ["expect", { expect: { name: "n", ownerId: noToken } }],
    ["onNotFound", { onNotFound: "fail" }],
    ["verify", { verify: false }],
    ["reason, not known yet", { reason: unknown }],
  ])("updates in place for another %s", async (_, edit) => {
    const news = Object.fromEntries(Object.entries({ ...olds, ...edit }).filter(([, value]) => value !== undefined));
    expect(await hosted.host.diff(noToken, olds, news)).toEqual({ ...none, changes: true });
  });

  test("updates in place what was found alive", async () => {
    expect(await hosted.host.diff(noToken, { ...olds, status: "alive" }, olds)).toEqual({ ...none, changes: true });
  });

  test("replaces for another token, known or not, and keeps the old record until the new one is there", async () => {
    for (const tokenId of [hosted.token().id, unknown]) {
      const replaced = await hosted.host.diff(noToken, olds, { ...olds, tokenId, reason: "y" });
      expect(replaced).toEqual({ changes: true, replaces: ["tokenId"], deleteBeforeReplace: false });
    }
  });

  test("does not stop at a broken record", async () => {
    expect(await hosted.host.diff("", {}, olds)).toMatchObject({ changes: true });
    expect(await hosted.host.diff("", { tokenId: [], expect: 7 }, {})).toMatchObject({ changes: true });
  });
});

describe("update", () => {
  test("keeps the record at an edit, and sends nothing", async () => {
    const { tokenId, inputs, properties, since } = await recorded({ reason: "old", ticket: "INC-1" });
    const edit = { reason: "new", requestedBy: "robin", onNotFound: "fail" };
    const { ticket, ...news }: Properties = { ...inputs, ...edit };
    const updated = await hosted.host.update(tokenId, properties, news);
    const { ticket: _, ...kept } = properties;
    expect(updated.properties).toEqual({ ...kept, ...edit });
    expect(allSent(hosted, since)).toEqual([]);
    expect(said(hosted.host, tokenId)).toEqual([]);
  });

  test("keeps an alreadyRevoked record at an edit, and sends nothing", async () => {
    const { properties } = await revoke(hosted.host, { tokenId: noToken });
    const since = hosted.simulator.requests().length;
    const news = { tokenId: noToken, status: "revoked", reason: "new" };
    expect((await hosted.host.update(noToken, properties, news)).properties).toEqual({ ...properties, reason: "new" });
    expect(allSent(hosted, since)).toEqual([]);
  });

  test("keeps the record without credentials", async () => {
    const { tokenId, inputs, properties } = await recorded();
    const due = await recorded({ verify: false });
    const host = await hosted.startBare({});
    const edited = await host.update(tokenId, properties, { ...inputs, reason: "new" });
    expect(edited.properties).toEqual({ ...properties, reason: "new" });
    const { verify, ...news } = due.inputs;
    const { verify: _, ...kept } = due.properties;
    expect((await host.update(due.tokenId, due.properties, { ...news, reason: "new" })).properties).toEqual({
      ...kept,
      reason: "new",
    });
    expect(allSent(hosted, due.since)).toEqual([]);
  });

  test("revokes again what was found alive: a new record, with the arguments of now", async () => {
    const { tokenId, properties, since } = await foundAlive({ reason: "old" });
    const { inputs } = await hosted.host.check({ tokenId, status: "alive" }, { tokenId, reason: "new" });
    const updated = await hosted.host.update(tokenId, properties, inputs);
    expect(updated.properties).toEqual({
      ...properties,
      reason: "new",
      status: "revoked",
      revokedAt: time,
      verifiedAt: time,
    });
    expect(String(updated.properties.revokedAt) > String(properties.revokedAt)).toBe(true);
    expect(sent(hosted, tokenId, since)).toEqual(["GET 200", "DELETE 204", "GET 404"]);
  });

  test.each([{}, { onNotFound: "fail" }])(
    "keeps the old record when the token went meanwhile, with %j",
    async (args) => {
      const { tokenId, inputs, properties, since } = await foundAlive(args);
      hosted.simulator.revoke(tokenId);
      const updated = await hosted.host.update(tokenId, properties, { ...inputs, status: "revoked" });
      expect(updated.properties).toEqual({ ...properties, status: "revoked" });
      expect(sent(hosted, tokenId, since)).toEqual(["GET 404", "DELETE 404"]);
      expect(said(hosted.host, tokenId)).toEqual([]);
    },
  );

  test("takes the 404 that follows its own lost answer for its own", async () => {
    const { tokenId, inputs, properties } = await foundAlive();
    hosted.simulator.fault({ method: "DELETE", path: hosted.path(tokenId) }, { kind: "resetAfter" });
    const updated = await hosted.host.update(tokenId, properties, { ...inputs, status: "revoked" });
    expect(updated.properties).toMatchObject({ outcome: "revoked", httpStatus: 404, status: "revoked" });
    expect(String(updated.properties.revokedAt) > String(properties.revokedAt)).toBe(true);
  });

  test("verifies at a 404 what Datadog had accepted, and shown alive ever since", async () => {
    const { tokenId, inputs, properties } = await foundAlive({ verify: false });
    hosted.simulator.revoke(tokenId);
    const updated = await hosted.host.update(tokenId, properties, { ...inputs, status: "revoked" });
    expect(updated.properties).toEqual({ ...properties, status: "revoked", verifiedAt: time });
  });

  test("is refused by a guard, with no DELETE, and the old record stays", async () => {
    const { tokenId, inputs, properties, since } = await foundAlive();
    const news = { ...inputs, status: "revoked", expect: { name: "another" } };
    const error = await failure(hosted.host.update(tokenId, properties, news));
    expect(error.message).toMatch(new RegExp(`^${tokenId}: refused, not revoked: its name is .*, not "another"`));
    expect(error.partial).toBeUndefined();
    expect(sent(hosted, tokenId, since)).toEqual(["GET 200"]);
  });

  test("says why it could not revoke again, and the old record stays", async () => {
    const { tokenId, inputs, properties } = await foundAlive();
    hosted.simulator.fault({ method: "DELETE", path: hosted.path(tokenId) }, forbidden);
    const error = await failure(hosted.host.update(tokenId, properties, { ...inputs, status: "revoked" }));
    expect(error.message).toMatch(new RegExp(`^${tokenId}: not revoked: DELETE .* answered 403: "Forbidden"`));
    expect(error.partial).toBeUndefined();
  });

  test("fails without credentials when the token was found alive", async () => {
    const { tokenId, inputs, properties } = await foundAlive();
    const host = await hosted.startBare({});
    const error = await failure(host.update(tokenId, properties, { ...inputs, status: "revoked" }));
    expect(error.message).toMatch(new RegExp(`^${tokenId}: not revoked: no Datadog credentials`));
  });

  test("catches up on a verification that is due, by asking only", async () => {
    const { tokenId, inputs, properties, since } = await recorded({ verify: false });
    expect(properties).not.toHaveProperty("verifiedAt");
    const stillNot = await hosted.host.update(tokenId, properties, { ...inputs, reason: "x" });
    expect(stillNot.properties).toEqual({ ...properties, reason: "x" });
    expect(sent(hosted, tokenId, since)).toEqual([]);

    const updated = await hosted.host.update(tokenId, properties, { ...inputs, verify: true });
    expect(updated.properties).toEqual({ ...properties, verify: true, verifiedAt: time });
    expect(sent(hosted, tokenId, since)).toEqual(["GET 404"]);
    expect(said(hosted.host, tokenId)).toEqual([]);
  });

  test("does not ask about what nobody had seen there", async () => {
    const { id: tokenId } = hosted.token();
    hosted.simulator.fault({ method: "GET", path: hosted.path(tokenId), times: 3 }, forbidden);
    const { properties } = await revoke(hosted.host, { tokenId });
    expect(properties).toMatchObject({ outcome: "revoked", httpStatus: 204 });
    const since = hosted.simulator.requests().length;
    const updated = await hosted.host.update(tokenId, properties, { tokenId, status: "revoked", reason: "x" });
    expect(updated.properties).toEqual({ ...properties, reason: "x" });
    expect(allSent(hosted, since)).toEqual([]);
  });
});

describe("read", () => {
  const args = { reason: "r", ticket: "t", requestedBy: "b", reportedAt: "2026-01-01T00:00:00Z", verify: true };

  test("leaves a record whose token is gone as it is, and gives back every input", async () => {
    const expectation = { expect: { name: hosted.simulator.find(hosted.token().id)?.name } };
    const { tokenId, inputs, properties, since } = await recorded({ ...args, onNotFound: "accept" });
    const withGuard = { ...properties, ...expectation };
    expect(await hosted.host.read(tokenId, withGuard)).toEqual({
      id: tokenId,
      properties: withGuard,
      inputs: { ...inputs, ...expectation },
    });
    expect(allSent(hosted, since)).toEqual(["GET 404"]);
  });

  test("leaves the shortest record as it is", async () => {
    const { properties } = await revoke(hosted.host, { tokenId: noToken });
    expect(await hosted.host.read(noToken, properties)).toEqual({
      id: noToken,
      properties,
      inputs: { tokenId: noToken, status: "revoked" },
    });
  });

  test("shows a token that is there again as alive, in properties and inputs, and nothing else changes", async () => {
    const { tokenId, inputs, properties } = await recorded(args);
    hosted.simulator.restore(tokenId);
    const read = await hosted.host.read(tokenId, properties);
    expect(read).toEqual({
      id: tokenId,
      properties: { ...properties, status: "alive" },
      inputs: { ...inputs, status: "alive" },
    });
    expect(await hosted.host.diff(tokenId, read.properties, inputs)).toMatchObject({ changes: true, replaces: [] });

    hosted.simulator.revoke(tokenId);
    expect(await hosted.host.read(tokenId, read.properties)).toEqual({ id: tokenId, properties, inputs });
  });

  test.each<[string, Fault, string]>([
    ["may not be seen", forbidden, 'answered 403: "Forbidden"'],
    ["is behind a server in trouble", { kind: "status", status: 503 }, "answered 503: no body"],
    ["is behind a page", { kind: "html", status: 404 }, "answered 404: an HTML page"],
    ["is cut", { kind: "cut" }, "gave no answer"],
  ])("leaves a record as it is whose token %s, and says so at the first", async (_, fault, words) => {
    const host = await hosted.start();
    const [first, second] = [await recorded(), await recorded()];
    for (const { tokenId, properties, inputs } of [first, second]) {
      for (const status of ["revoked", "alive"]) {
        hosted.simulator.fault({ method: "GET", path: hosted.path(tokenId), times: 4 }, fault);
        expect(await host.read(tokenId, { ...properties, status })).toEqual({
          id: tokenId,
          properties: { ...properties, status },
          inputs: { ...inputs, status },
        });
      }
    }
    expect(host.logs()).toEqual([{ severity: "warning", ephemeral: false, message: expect.stringContaining(words) }]);
    expect(host.logs()[0]?.message).toMatch(
      new RegExp(`^${first.tokenId}: left as recorded, as every token that cannot be seen: `),
    );
  });

  test("leaves every record as it is without credentials, and says so once", async () => {
    const host = await hosted.startBare({});
    const { tokenId, properties, inputs } = await recorded();
    for (const _ of [1, 2]) expect(await host.read(tokenId, properties)).toEqual({ id: tokenId, properties, inputs });
    expect(host.logs()).toEqual([
      {
        severity: "warning",
        ephemeral: false,
        message: expect.stringMatching(`^${tokenId}: left as recorded, .*: no Datadog credentials`),
      },
    ]);
  });

  test("never gives an empty id, nor stops at a broken record", async () => {
    const broken = [{}, { status: 7, snapshot: {} }, { snapshot: "x", expect: [] }, { snapshot: { kind: "service" } }];
    for (const properties of broken) {
      expect(await hosted.host.read(noToken, properties)).toMatchObject({ id: noToken });
    }
  });
});

describe("delete", () => {
  test.each([
    ["revoked", ""],
    ["alive", " The token was alive when it was last seen."],
  ])("of a record whose status is %s sends nothing and says so", async (status, addition) => {
    const { tokenId, properties, since } = await recorded();
    await hosted.host.delete(tokenId, { ...properties, status });
    expect(allSent(hosted, since)).toEqual([]);
    expect(said(hosted.host, tokenId)).toEqual([
      `info ${tokenId}: removed from state only. Nothing was sent to Datadog and nothing is restored.${addition}`,
    ]);
  });

  test("works without credentials, and for a broken record", async () => {
    const host = await hosted.startBare({ env: { DD_APP_KEY: "half a pair" } });
    await host.delete(noToken, {});
    await host.delete("", { status: [] });
    expect(host.logs().map(({ severity }) => severity)).toEqual(["info", "info"]);
  });
});

test("a quiet run prints nothing", async () => {
  expect(await hosted.host.printed()).toBe("");
});
