import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import schema from "../../../audit.schema.json";
import { FolderStore, folderOf } from "../../../cli/audit/backends/folderStore";
import { SelfManagedBackend } from "../../../cli/audit/backends/selfManagedBackend";
import { collect } from "../../../cli/audit/collect";
import { formatReport } from "../../../cli/audit/formatReport";
import { toHistoryEntry } from "../../../cli/audit/historyEntry";
import { selectStacks } from "../../../cli/audit/selectStacks";
import { readState } from "../../../cli/audit/storedState";
import { UsageError } from "../../../cli/usageError";
import { sentence } from "../../../provider/text/plainLine";
import { hostileBody, hostileJson, hostileText, roughList, roughly } from "../../support/arbitraryText";
import { ABOUT } from "../../support/auditSample";
import { expectHarmless, NASTY_NAMES, PLANTED_SECRET } from "../../support/nastyNames";
import { record, revocation, StackHistory, secret, tokenId } from "../../support/stackHistory";
import { cases, fc, part } from "./hostileCases";

const validate = addFormats(new Ajv({ allErrors: true })).compile(schema);
const TYPE = "pulumi-nodejs:dynamic/datadog-revocation:";
const time = fc.constantFrom<unknown>("2026-01-01T00:00:05Z", "2026-01-01T00:00:05.123456789+02:00", 1e20, -1, "1");

const anyAct = fc.oneof(
  {
    weight: 4,
    arbitrary: roughly({
      ...{ apiUrl: hostileText, reason: hostileText, ticket: hostileText, requestedBy: hostileText, reportedAt: time },
      actor: roughly({ ...{ id: hostileText, handle: hostileText, name: hostileText, organizationId: hostileText } }),
    }),
  },
  fc.constantFrom<unknown>(secret(), null, "length", -1, 0.5, 1e300),
);
const index = fc.constantFrom<unknown>(0, 1, -1, 0.5, 1e300, "0", "__proto__", null, secret());
const anyRecord = {
  tokenId: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(tokenId(1), tokenId(2)) }, hostileText),
  status: fc.constantFrom("revoked", "alive", "later"),
  outcome: fc.oneof({ weight: 4, arbitrary: fc.constantFrom("revoked", "alreadyRevoked") }, hostileText),
  ...{ revokedAt: time, verifiedAt: time, httpStatus: fc.constantFrom<unknown>(204, 404, 1e300, "204") },
  snapshot: roughly({
    ...{ tokenId: fc.constant(tokenId(1)), kind: fc.constantFrom("personal", "service"), name: hostileText },
    owner: roughly({
      ...{ id: hostileText, type: fc.constantFrom("users", "service_account"), handle: hostileText, name: hostileText },
    }),
    ...{ scopes: fc.array(hostileText, { maxLength: 2 }), createdAt: time, expiresAt: time, lastUsedAt: time },
    leak: fc.oneof(roughly({ detectedAt: time, source: hostileText }), fc.constantFrom<unknown>(null, secret())),
  }),
};
const names = {
  urn: hostileText.map((text) => `urn:pulumi:dev::shop::t::${text}`),
  type: fc.constantFrom("TokenRevocation", "TokenRevocationShard", "TokenSweep", "Later").map((name) => TYPE + name),
};
const resource = roughly({
  ...names,
  modified: time,
  outputs: roughly({
    ...anyRecord,
    ...{ reason: hostileText, ticket: hostileText, requestedBy: hostileText, reportedAt: time, apiUrl: hostileText },
    act: anyAct,
    records: roughList(roughly({ ...anyRecord, act: index })),
    acts: roughList(anyAct),
    failures: roughList(roughly({ tokenId: hostileText, message: hostileText })),
    actor: roughly({ ...{ id: hostileText, handle: hostileText }, organizationName: hostileText }),
  }),
});
const pending = roughly({
  type: fc.oneof(fc.constantFrom("creating", "updating"), hostileText),
  resource: roughly({
    ...{ ...names, parent: hostileText },
    inputs: roughly({
      ...{ tokenId: fc.oneof(fc.constant(tokenId(1)), hostileText), tokenIds: roughList(hostileText) },
      ...{ matched: roughList(roughly(anyRecord)), enforce: fc.boolean() },
    }),
  }),
});
const checkpoint = roughly({
  version: fc.constant(3),
  checkpoint: roughly({ latest: roughly({ resources: roughList(resource), pending_operations: roughList(pending) }) }),
});
const variables = ["git.author", "git.head", "git.headName", "ci.build.url", "vcs.kind", "ci.pr.number"];
const entry = roughly({
  ...{ kind: fc.constantFrom("update", "destroy"), message: hostileText, result: hostileText },
  version: fc.constantFrom(0, 1, 7, -1, 0.5, 1e300),
  ...{ startTime: fc.constantFrom(1_767_225_600, 1e300, "2026-01-01T00:00:00Z"), endTime: fc.constant(1_767_225_660) },
  environment: fc.dictionary(fc.oneof(fc.constantFrom(...variables), hostileText), hostileText, { maxKeys: 4 }),
  resourceChanges: fc.dictionary(fc.constantFrom("same", "create", "__proto__"), fc.constantFrom(0, 1, -1, 1e300)),
});

test("whatever stands in an entry of a history, it is an entry, perhaps one that cannot be read", () => {
  let read = 0;
  fc.assert(
    fc.property(fc.oneof({ weight: 4, arbitrary: entry }, hostileJson), (stored) => {
      const { deployment, version } = toHistoryEntry(stored, 7);
      if (!Number.isSafeInteger(version) || version < 1) throw new Error(`version ${version}`);
      if (deployment === null) return;
      read++;
      if (JSON.stringify(deployment).includes(PLANTED_SECRET)) throw new Error("holds the planted secret");
      for (const url of [deployment.buildUrl, deployment.pullRequestUrl]) {
        if (url !== null && !/^https?:$/.test(new URL(url).protocol)) throw new Error(url);
      }
    }),
    cases(8_000),
  );
  expect(read).toBeGreaterThan(part(1_000));
});

test("a time that is an object hides nothing of the state around it", () => {
  const odd = { ...revocation("a", record(tokenId(1), "2026-01-01T00:00:00Z")), modified: { toString: null } };
  expect(readState({ deployment: { resources: [odd] } }).records).toHaveLength(1);
});

test("whatever stands in a state, its records are read, or it is said that they cannot be", () => {
  let read = 0;
  fc.assert(
    fc.property(fc.oneof({ weight: 6, arbitrary: checkpoint }, hostileJson), (stored) => {
      try {
        const { records } = readState(stored);
        read += records.length;
        for (const { tokenId } of records) if (tokenId.includes(PLANTED_SECRET)) throw new TypeError("a secret");
      } catch (error) {
        if ((error as Error).constructor !== Error) throw error;
        expectHarmless((error as Error).message);
      }
    }),
    cases(8_000),
  );
  expect(read).toBeGreaterThan(part(1_000));
});

describe("a file backend", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hostile-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (path: string, content: string | Buffer): void => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), content);
  };

  /** The report in all formats, each of which is harmless; or why there is none. */
  async function audit(stacks: string[] = []): Promise<string> {
    try {
      const backend = new SelfManagedBackend(new FolderStore(folder));
      const names = await selectStacks(backend, folder, { stacks, project: "shop" });
      const collected = await collect(await Promise.all(names.map((name) => backend.open(name))));
      const report = { about: ABOUT, ...collected.report };
      const texts = await Promise.all(
        (["table", "json", "csv", "markdown", "html"] as const).map((as) => formatReport(report, as, 100)),
      );
      for (const text of texts) expectHarmless(text, "lines");
      expect(validate(JSON.parse(texts[1] as string)) ? [] : validate.errors).toEqual([]);
      return texts.join("\n");
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      expectHarmless(sentence(error));
      return sentence(error);
    }
  }

  test("of any bytes is read as far as it can be, keeps to the schema, and nothing of it steers or leaks", async () => {
    const fileName = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom("dev-1.history.json", "dev-1.checkpoint.json", "dev-2.history.json") },
      fc.constantFrom("dev-2.checkpoint.json", "-.history.json", `dev-${"9".repeat(100)}.history.json`, "x.json"),
      hostileText.map((text) => `${text.toWellFormed().replaceAll(/[/\0]/g, "").slice(0, 70)}-3.history.json`),
    );
    const bytes = fc.oneof(
      { weight: 3, arbitrary: hostileBody(entry).map((text) => Buffer.from(text)) },
      { weight: 3, arbitrary: hostileBody(checkpoint).map((text) => Buffer.from(text)) },
      hostileBody(checkpoint).map((text) => gzipSync(text)),
      fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.concat([Buffer.from("1f8b", "hex"), array])),
      fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.concat([Buffer.from("28b52ffd", "hex"), array])),
    );
    const files = fc.array(fc.tuple(fileName, bytes), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(files, hostileBody(checkpoint), async (files, state) => {
        rmSync(join(folder, ".pulumi"), { recursive: true, force: true });
        write(".pulumi/stacks/shop/dev.json", state);
        for (const [name, content] of files) write(`.pulumi/history/shop/dev/${name}`, content);
        const report = await audit();
        expect(report).toContain("shop/dev");
      }),
      cases(600),
    );
  });

  test("with nasty names of projects and stacks shows them without harm, finds only what is asked for, and reads through a link within", async () => {
    const history = new StackHistory();
    history.deploy([revocation("a", record(tokenId(1), history.at()))]);
    history.write(folder);
    for (const name of NASTY_NAMES) {
      const file = name.toWellFormed().replaceAll(/[/\0]/g, "").slice(0, 60);
      write(`.pulumi/stacks/shop/${file}.json`, JSON.stringify(history.checkpoint()));
    }
    symlinkSync("dev.json", join(folder, ".pulumi/stacks/shop/link.json"));
    expect(await audit()).toContain(tokenId(1));
    expect(await audit(["link"])).toContain(tokenId(1));
    const paths = ["../../x", "shop/../../x", "organization/shop/../dev", "/etc/passwd", "dev\0"];
    for (const name of [...NASTY_NAMES, ...paths]) await audit([name]);
    expect(await audit(["shop/../dev"])).toMatch(/^Unknown stack/);
    // A broken escape is none.
    expect([folderOf("file:///a%zz%20b", "/"), folderOf("file:///a%20b", "/")]).toEqual(["/a%zz%20b", "/a b"]);
  });

  test("reads nothing that lies outside of it, and waits for no pipe", async () => {
    const outside = mkdtempSync(join(tmpdir(), "outside-"));
    try {
      const history = new StackHistory();
      history.deploy([revocation("a", record(tokenId(9), history.at()))]);
      history.write(outside);
      const theirs = join(outside, ".pulumi");
      mkdirSync(join(folder, ".pulumi/stacks/shop"), { recursive: true });
      mkdirSync(join(folder, ".pulumi/history/shop"), { recursive: true });
      symlinkSync(join(theirs, "stacks/shop/dev.json"), join(folder, ".pulumi/stacks/shop/dev.json"));
      symlinkSync(join(theirs, "history/shop/dev"), join(folder, ".pulumi/history/shop/dev"));
      symlinkSync("/dev/zero", join(folder, ".pulumi/stacks/shop/endless.json"));
      const report = await audit();
      expect(report).not.toContain(tokenId(9));
      expect(report).toContain("dev.json leads out of the backend, or is not a regular file. It was not read");
      expect(report).toContain("endless.json leads out of the backend");
      expect(report).toContain(".history.json leads out of the backend");
    } finally {
      rmSync(outside, { recursive: true });
    }
  });
});
