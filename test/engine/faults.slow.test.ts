import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Fault } from "pulumi-datadog-revocation/simulator";
import { FAULTS, waits } from "../host/faultMatrix/faults";
import { type Account, createAccount } from "../support/account";
import type { Row } from "../support/engine";
import { face } from "../support/face";
import { untrusted } from "../support/untrusted";

let account: Account;

/** Several runs, on a slow machine. */
const timeout = 400_000;
const forEver = Number.POSITIVE_INFINITY;

/** What stands in state, by token id. */
async function recorded() {
  const { records, failures } = await account.project.recorded();
  const byId = (rows: Row[]) => new Map(rows.map((row) => [row.tokenId, row]));
  return { records: byId(records), failures: byId(failures) };
}

function demandManners(output: string): void {
  const { simulator } = account;
  // Of a component of the plugin's that failed, the program's SDK prints a stack of its own.
  expect(output).not.toMatch(face === "plugin" ? /^\s+at .*plugin.main/m : /^\s+at .*:\d/m);
  expect(output).not.toMatch(/\[object|undefined/);
  const secrets = [simulator.apiKey, simulator.appKey, ...simulator.tokens.map(({ value }) => value.slice(-36))];
  for (const secret of secrets) expect(output + account.project.stateText()).not.toContain(secret);
}

test(
  "a fault for each of many resources: what is said is so, and the next up finishes the rest, and nothing else",
  async () => {
    account = await createAccount(
      () => "",
      () => ({ "datadog:httpClientRetryBackoffBase": "0.01" }),
      { tokens: 3 },
    );
    const { simulator, project } = account;
    const others = simulator.tokens.map(({ id }) => id);
    const add = (name: string): string => simulator.addToken({ name }).id;
    const faults: { remove(): void }[] = [];
    const strike = (tokenId: string, fault: Fault | undefined, method: string, times = forEver): string => {
      const path = `/api/v2/personal_access_tokens/${tokenId}`;
      if (fault) faults.push(simulator.fault({ method, path, times }, fault));
      return tokenId;
    };
    // What tells everybody to wait strikes once, or all the others would wait with it; and so does what takes a minute.
    const times = (name: string): number => (waits(name) || /^no answer|drips$/.test(name) ? 1 : forEver);
    const singles = Object.entries(FAULTS).map(([name, fault]) => strike(add(name), fault, "DELETE", times(name)));
    const unseen = strike(add("unseen"), FAULTS["403"], "GET");
    const lost: Fault[] = [{ kind: "resetAfter" }, { kind: "html", after: true }, { kind: "cut", after: true }];
    const many = (name: string): string[] =>
      [FAULTS["403"], FAULTS["500"], ...lost, undefined, undefined].map((fault) => strike(add(name), fault, "DELETE"));
    const [batch, swept] = [many("of the batch"), many("swept")];
    faults.push(simulator.fault({ path: "/api/v2/personal_access_tokens" }, FAULTS["an answer that is cut"] as Fault));
    const targets = [...singles, unseen, ...batch, ...swept];
    account.setProgram(`
    import { TokenSweep } from "pulumi-datadog-revocation";
    ${JSON.stringify([...singles, unseen])}.forEach((tokenId, index) => new TokenRevocation(\`single-\${index}\`, { tokenId }));
    new TokenRevocationBatch("batch", { tokenIds: ${JSON.stringify(batch)}, verify: true });
    new TokenSweep("sweep", { where: { namePattern: "swept" }, enforce: true });
  `);
    const deletes = (since = 0) =>
      simulator.requests(since).filter(({ method, path }) => method === "DELETE" && path.includes("token"));
    const idOf = ({ path }: { path: string }): string => path.split("/").at(-1) ?? "";

    const failing = await project.up("--skip-preview", "--continue-on-error");
    expect(failing.code).not.toBe(0);
    demandManners(failing.output);
    const first = await recorded();
    for (const tokenId of targets) {
      const isGone = simulator.find(tokenId)?.revokedAt !== null;
      const record = first.records.get(tokenId);
      const said = first.failures.get(tokenId)?.message ?? failing.output;
      if (record) {
        expect([tokenId, isGone]).toEqual([tokenId, true]);
        const accepted = deletes().filter((each) => idOf(each) === tokenId && each.status === 204);
        if (record.outcome === "revoked") expect(accepted).not.toEqual([]);
        const seenGone = simulator.requests().filter((each) => idOf(each) === tokenId && each.status === 404);
        if (record.verifiedAt !== undefined) expect(seenGone).not.toEqual([]);
      } else if (isGone) expect(said).toContain(`${tokenId}: outcome unknown`);
      else expect(said).toMatch(new RegExp(`${tokenId}: (not revoked|outcome unknown)`));
    }
    // All kinds of ends are among them.
    const ends = new Set(
      targets.map((tokenId) => [first.records.has(tokenId), simulator.find(tokenId)?.revokedAt === null].join()),
    );
    expect(ends.size).toBe(3);
    expect(first.records.get(unseen)).not.toHaveProperty("verifiedAt");

    for (const fault of faults) fault.remove();
    const since = simulator.requests().length;
    const finished = await project.up("--skip-preview");
    expect(finished.code).toBe(0);
    demandManners(finished.output);
    const second = await recorded();
    expect(second.failures.size).toBe(0);
    expect([...second.records.keys()].toSorted()).toEqual(targets.toSorted());
    for (const [tokenId, { outcome, status }] of second.records) {
      expect(simulator.find(tokenId)?.revokedAt).not.toBeNull();
      expect(status).toBe("revoked");
      if (first.records.has(tokenId)) expect(deletes(since).map(idOf)).not.toContain(tokenId);
      // Somebody was there before: it was this stack, whose answer was lost.
      else if (outcome === "alreadyRevoked")
        expect(first.failures.get(tokenId)?.message ?? failing.output).toContain(tokenId);
    }
    for (const tokenId of deletes().map(idOf)) expect(targets).toContain(tokenId);
    for (const tokenId of others) expect(simulator.find(tokenId)?.revokedAt).toBeNull();
  },
  timeout,
);

test(
  "a Datadog that cannot be reached: nobody there, no such host, a certificate that nobody trusts",
  async () => {
    account = await createAccount(
      ([token]) => `new TokenRevocation("leaked", { tokenId: "${token?.id}" });`,
      () => ({ "datadog:httpClientRetryBackoffBase": "0.01" }),
    );
    const { project, simulator, tokens } = account;
    const tokenId = tokens[0]?.id;
    const server = createServer(untrusted, (_, response) => void response.writeHead(204).end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const addresses = [
      // A port that is nobody's.
      "http://127.0.0.1:2",
      "https://datadog.invalid",
      `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ];
    for (const address of addresses) {
      await project.run("config", "set", "datadog:apiUrl", address);
      const { code, output } = await project.up("--skip-preview");
      expect(code).not.toBe(0);
      expect(output).toContain(
        `${tokenId}: not revoked: DELETE /api/v2/personal_access_tokens/${tokenId} at ${new URL(address).host}`,
      );
      demandManners(output);
      expect((await recorded()).records.size).toBe(0);
    }
    await new Promise((resolve) => server.close(resolve));
    expect(simulator.requests()).toEqual([]);
    await project.run("config", "set", "datadog:apiUrl", simulator.url);
    expect((await project.up("--skip-preview")).code).toBe(0);
    expect((await account.record("leaked")).outcome).toBe("revoked");
  },
  timeout,
);
