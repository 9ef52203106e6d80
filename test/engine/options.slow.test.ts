import type { SimulatedToken } from "pulumi-datadog-revocation/simulator";
import { type Account, createAccount } from "../support/account";

let account: Account;

const urn = (name: string, stack = "test") =>
  `urn:pulumi:${stack}::project::pulumi-nodejs:dynamic/datadog-revocation:TokenRevocation::${name}`;

/** A line of a program. */
const declare = (name: string, args: object, options: object = {}) =>
  `new TokenRevocation(${[name, args, options].map((each) => JSON.stringify(each)).join(", ")});\n`;

test("protect, ignoreChanges, aliases, retainOnDelete and state rename keep the record, and the next up is quiet", async () => {
  account = await createAccount(() => "");
  const { project, simulator, sent, record } = account;
  const [one = "", two = "", three, four, another] = account.tokens.map(({ id }) => id);
  const retained = declare("retained", { tokenId: four }, { retainOnDelete: true });
  account.setProgram(
    declare("protected", { tokenId: one }, { protect: true }) +
      declare("ignoring", { tokenId: two, reason: "first" }, { ignoreChanges: ["tokenId", "reason"] }) +
      declare("old", { tokenId: three }) +
      retained,
  );
  expect((await project.up("--skip-preview")).code).toBe(0);
  expect(sent().filter((request) => request === "DELETE 204")).toHaveLength(4);
  const [first, renamed] = [await record("protected"), await record("old")];

  account.setProgram(
    // The same token by its public portion.
    declare("protected", { token: account.tokens[0]?.value.slice(0, 28) }, { protect: true }) +
      declare("ignoring", { tokenId: another, reason: "second" }, { ignoreChanges: ["tokenId", "reason"] }) +
      declare("new", { tokenId: three }, { aliases: [{ name: "old" }] }) +
      retained,
  );
  expect((await project.up("--skip-preview")).output).toContain("5 unchanged");
  expect(sent()).toEqual([]);
  expect(await record("ignoring")).toMatchObject({ tokenId: two, reason: "first" });
  expect(await record("new")).toEqual(renamed);

  expect((await project.run("state", "rename", urn("new"), "newest", "--yes")).code).toBe(0);
  const others =
    declare("ignoring", { tokenId: two, reason: "third" }, { ignoreChanges: ["*"] }) +
    declare("newest", { tokenId: three });
  account.setProgram(others + retained + declare("protected", { tokenId: another }, { protect: true }));
  const replacing = await project.preview();
  expect(replacing.code).not.toBe(0);
  expect(replacing.output).toContain(`unable to replace resource "${urn("protected")}"`);
  expect(replacing.output).toContain("4 unchanged");
  expect(sent()).toEqual(["GET 200"]);

  simulator.restore(one);
  simulator.restore(two);
  account.setProgram(others + declare("protected", { tokenId: one }, { protect: true }));
  const revokedAgain = await project.up("--skip-preview", "--refresh");
  expect(revokedAgain.output).toContain("~ 2 updated");
  expect(revokedAgain.output).toMatch(/retained deleted .*\[retain\]/);
  expect(sent().filter((request) => request.startsWith("DELETE"))).toEqual(["DELETE 204", "DELETE 204"]);
  const again = await record("protected");
  expect(again).toMatchObject({ status: "revoked", outcome: "revoked", snapshot: { tokenId: one } });
  expect(String(again.revokedAt) > String(first.revokedAt)).toBe(true);
  expect(await record("newest")).toEqual(renamed);
  await expect(record("retained")).rejects.toThrow("not in state");

  account.setProgram(others);
  const removing = await project.preview();
  expect(removing.code).not.toBe(0);
  expect(removing.output).toContain(`resource "${urn("protected")}" cannot be deleted\n    because it is protected`);
});

test("--target, export and import, a renamed stack, and a move to another keep the record, and the next up is quiet", async () => {
  account = await createAccount(
    ([one, two]) =>
      declare("one", { tokenId: one?.id }) +
      `new TokenRevocation("two", { tokenId: "${two?.id}", reason: pulumi.secret("hush") });`,
  );
  const { project, simulator, sent, record } = account;
  const [one, two] = account.tokens;
  const targeted = await project.up("--skip-preview", "--target", urn("one"));
  expect(targeted.code).toBe(0);
  expect(simulator.find(one?.id ?? "")?.revokedAt).not.toBeNull();
  expect(simulator.find(two?.id ?? "")?.revokedAt).toBeNull();
  const first = await record("one");
  expect((await project.up("--skip-preview")).output).toContain("+ 1 created");
  expect(await record("one")).toEqual(first);
  sent();

  for (const command of [
    "stack export --file state.json",
    "stack rm --force --yes --preserve-config",
    "stack init test",
    "stack import --file state.json",
    "stack rename renamed",
  ]) {
    const { code, output } = await project.run(...command.split(" "));
    expect({ command, code, output }).toMatchObject({ code: 0 });
  }
  expect((await project.up("--skip-preview")).output).toContain("3 unchanged");
  expect(sent()).toEqual([]);
  expect(await record("one")).toEqual(first);

  for (const command of [
    "stack init other --copy-config-from renamed --no-select",
    `state move --source renamed --dest other ${urn("one", "renamed")} --yes`,
  ]) {
    const { code, output } = await project.run(...command.split(" "));
    expect({ command, code, output }).toMatchObject({ code: 0 });
  }
  account.setProgram(declare("one", { tokenId: one?.id }));
  expect((await project.up("--skip-preview", "--stack", "other")).output).toContain("2 unchanged");
  expect(sent()).toEqual([]);
  await project.run("stack", "select", "other");
  expect(await record("one")).toEqual(first);
});

test("a new name without an alias and --replace make a new record of a token that is gone; onNotFound: fail keeps the old", async () => {
  const kept = { onNotFound: "fail" };
  account = await createAccount(
    ([one, two, three]) =>
      declare("one", { tokenId: one?.id }) +
      declare("two", { tokenId: two?.id }) +
      declare("kept", { tokenId: three?.id, ...kept }),
  );
  const { project, sent, record } = account;
  const [one, two, three] = account.tokens;
  expect((await project.up("--skip-preview")).code).toBe(0);
  const first = await record("kept");
  sent();

  account.setProgram(
    declare("renamed", { tokenId: one?.id }) +
      declare("two", { tokenId: two?.id }) +
      declare("kept", { tokenId: three?.id, ...kept }),
  );
  const replaced = await project.up("--skip-preview", "--replace", urn("two"));
  expect(replaced.code).toBe(0);
  for (const token of [one, two]) {
    expect(replaced.output).toContain(`warning: ${token?.id}: Datadog (127.0.0.1`);
    expect(replaced.output).toContain(`${token?.id}: removed from state only. Nothing was sent`);
  }
  expect(sent().filter((request) => request.startsWith("DELETE"))).toEqual(["DELETE 404", "DELETE 404"]);
  for (const name of ["renamed", "two"]) expect(await record(name)).toMatchObject({ outcome: "alreadyRevoked" });

  const refused = await project.up("--skip-preview", "--replace", urn("kept"));
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain('onNotFound: "fail" makes that an error');
  expect(await record("kept")).toEqual(first);
});

test("a killed engine leaves a pending create, which refresh --clear-pending-creates clears", async () => {
  account = await createAccount(([token]) => declare("killed", { tokenId: token?.id }));
  const { project, simulator, until, record } = account;
  simulator.fault({ method: "DELETE" }, { kind: "hang", after: true });
  const killer = new AbortController();
  const killed = project.runUntil(killer.signal, "up", "--yes", "--skip-preview");
  await until("DELETE null");
  killer.abort();
  await killed;
  // Revoked, and nobody has recorded it.
  expect(simulator.find(account.tokens[0]?.id ?? "")?.revokedAt).not.toBeNull();
  await expect(record("killed")).rejects.toThrow("not in state");

  expect((await project.up("--skip-preview")).output).toContain("the stack is currently locked");
  expect((await project.run("cancel", "--yes")).code).toBe(0);
  const recovered = await project.up("--skip-preview");
  expect(recovered.code).toBe(0);
  expect(recovered.output).toContain("interrupted while creating");
  expect(await record("killed")).toMatchObject({ outcome: "alreadyRevoked" });
  expect((await project.state()).deployment.pending_operations).toHaveLength(1);

  expect((await project.refresh("--skip-preview", "--clear-pending-creates")).code).toBe(0);
  expect((await project.state()).deployment.pending_operations).toBeUndefined();
  const quiet = await project.up("--skip-preview");
  expect(quiet.output).toContain("2 unchanged");
  expect(quiet.output).not.toContain("warning");
});

test("after a key was rotated, refresh asks with the old one, and with --run-program with the new", async () => {
  const scopes = ["org_app_keys_read", "org_app_keys_write", "user_access_read"];
  let old: SimulatedToken | undefined;
  let next: SimulatedToken | undefined;
  account = await createAccount(
    ([token]) => declare("recorded", { tokenId: token?.id }),
    // A bearer token, because it can be revoked here; it wins over the keys.
    (_, simulator) => {
      [old, next] = [simulator.addToken({ scopes }), simulator.addToken({ scopes })];
      return { "datadog:bearerToken": { secret: old.value } };
    },
  );
  const { project, simulator, tokens, sent, record } = account;
  const [token] = tokens;
  expect((await project.up("--skip-preview")).code).toBe(0);
  simulator.revoke(old?.id ?? "");
  await project.run("config", "set", "--secret", "datadog:bearerToken", next?.value ?? "");
  simulator.restore(token?.id ?? "");
  sent();

  const refreshed = await project.refresh("--skip-preview");
  expect(refreshed.code).toBe(0);
  expect(refreshed.output).toContain(`warning: ${token?.id}: could not be checked; the recorded status is kept`);
  expect(sent()).toEqual(["GET 401"]);
  expect(await record("recorded")).toMatchObject({ status: "revoked" });

  const seen = await project.refresh("--skip-preview", "--run-program");
  expect(seen.output).not.toContain("could not be checked");
  expect(sent()).toEqual(["GET 200"]);
  expect(await record("recorded")).toMatchObject({ status: "alive", outcome: "revoked" });
});
