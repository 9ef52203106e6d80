import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bucket } from "@google-cloud/storage";
import { describeReport, timeOfReport } from "../../../../../cli/audit/about";
import type { AuditReport } from "../../../../../cli/audit/auditReport";
import { type Backend, findBackend } from "../../../../../cli/audit/backends/backend";
import { openGoogle } from "../../../../../cli/audit/backends/googleStore";
import type { LoadPackages } from "../../../../../cli/audit/backends/optionalPackage";
import { StoreAddress } from "../../../../../cli/audit/backends/storeAddress";
import { collect } from "../../../../../cli/audit/collect";
import { formatReport } from "../../../../../cli/audit/formatReport";
import { selectStacks } from "../../../../../cli/audit/selectStacks";
import { record, revocation, StackHistory, tokenId } from "../../../../support/stackHistory";
import { ACCOUNT, KEY } from "../../../../support/stores/azurite";
import {
  azureBackend,
  fill,
  folderBackend,
  googleBackend,
  postgresBackend,
  s3Backend,
  type TestBackend,
} from "../../../../support/stores/testBackends";

// Servers are started, and clients loaded.
jest.setTimeout(120_000);

let folder: string;
let reference: TestBackend;
const others: TestBackend[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "audit-"));
  // The same history has to give the same bytes.
  process.env.SOURCE_DATE_EPOCH = "1790000000";
  reference = await folderBackend();
  others.push(...(await Promise.all([s3Backend(), azureBackend(), googleBackend(), postgresBackend()])));
  for (const { env } of others) Object.assign(process.env, env);
  Object.assign(realEnv, of("s3").env);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  for (const name of Object.keys(of("s3").env)) delete realEnv[name];
});
const FORMATS = ["json", "csv", "markdown", "html", "table"] as const;
const KINDS = ["s3", "azblob", "gs", "postgres"];
const of = (kind: string): TestBackend => others.find((each) => each.kind === kind) as TestBackend;

declare const requireByNode: NodeJS.Require;
/** Amazon's client looks for credentials itself, and outside of what jest shows its tests. */
const realEnv: NodeJS.ProcessEnv = requireByNode("node:process").env;
const packages = ((...names: string[]) => names.map((name) => requireByNode(name))) as LoadPackages;

function open({ url }: { readonly url: string }, env: NodeJS.ProcessEnv = process.env): Promise<Backend> {
  return findBackend(folder, { ...env, PULUMI_BACKEND_URL: url }, packages);
}

async function audit(tested: TestBackend, project = "shop"): Promise<AuditReport> {
  const backend = await open(tested);
  const stacks = await selectStacks(backend, folder, { stacks: [], project });
  const { report } = await collect(await Promise.all(stacks.map((stack) => backend.open(stack))));
  const madeAt = timeOfReport(process.env);
  return { about: describeReport({ madeAt, filters: {}, leftOut: 0, asked: null, missing: [] }), ...report };
}

/** Five deployments: one revokes, one edits the reason, one replaces, one removes, one brings another. */
function history(): StackHistory {
  const made = new StackHistory();
  const first = record(tokenId(1), made.at());
  const second = record(tokenId(2), made.at(), { reason: "replaced later" });
  made.deploy([revocation("a", { ...first, reason: "first" }), revocation("b", second)]);
  made.deploy([revocation("a", { ...first, reason: "second" }), revocation("b", second)]);
  made.deploy([revocation("a", { ...first, reason: "second" }), revocation("b", record(tokenId(3), made.at()))]);
  made.deploy([revocation("b", record(tokenId(3), made.at()))]);
  made.deploy([revocation("b", record(tokenId(3), made.at())), revocation("c", record(tokenId(4), made.at()))]);
  return made;
}

/** The report in every format, without the backend's name. */
async function everything(tested: TestBackend): Promise<string> {
  const report = await audit(tested);
  for (const { backend } of report.stacks) expect(backend).toBe(tested.kind);
  const anonymous = { ...report, stacks: report.stacks.map((stack) => ({ ...stack, backend: "anywhere" })) };
  return (await Promise.all(FORMATS.map((format) => formatReport(anonymous, format, undefined)))).join("\n");
}

test.each([
  ["as files of JSON", {}],
  ["compressed with gzip", { compress: "gzip" }],
  ["compressed with zstd", { compress: "zstd" }],
  ["in the layout without projects", { isLegacy: true }],
] as const)("removed, edited and replaced records give the same bytes on every store, %s", async (_, shape) => {
  rmSync(folder, { recursive: true, force: true });
  history().write(folder, shape);
  const told: string[] = [];
  for (const backend of [reference, ...others]) {
    await backend.clear();
    await fill(backend, folder);
    const before = await backend.content();
    told.push(await everything(backend));
    // Nothing is written.
    expect(await backend.content()).toEqual(before);
  }
  expect(new Set(told).size).toBe(1);
  for (const n of [1, 2, 3, 4]) expect(told[0]).toContain(tokenId(n));
  expect(told[0]).toContain("replaced later");
});

test.each(KINDS)("%s: an empty store has no stacks, and stays empty", async (kind) => {
  await of(kind).clear();
  await expect(audit(of(kind))).rejects.toThrow(/^There are no stacks in [a-z0-9]+:\/\/[^?]*\.$/);
  expect([...(await of(kind).content())]).toEqual([]);
});

test.each(KINDS)(
  "%s: all stacks are found, a thousand too, and the projects of similar names are told apart",
  async (kind) => {
    const tested = of(kind);
    await tested.clear();
    const state = Buffer.from("{}");
    // Azurite takes its time to store them.
    const total = kind === "azblob" ? 60 : 1050;
    const names = Array.from({ length: total }, (_, n) => `.pulumi/stacks/a_b/dev-${n}.json`);
    const similar = [
      ".pulumi/stacks/axb/dev.json",
      ".pulumi/stacks/a_b/dev-1.json.bak",
      ".pulumi/stacks/a_b/deeper/no.json",
    ];
    const keys = [...names, ...similar];
    for (let at = 0; at < keys.length; at += 50) {
      await Promise.all(keys.slice(at, at + 50).map((key) => tested.put(key, state)));
    }
    const backend = await open(tested);
    const found = await backend.stacks("a_b");
    expect(found.map(({ name }) => name).sort()).toEqual(names.map((_, n) => `dev-${n}`).sort());
    expect(await backend.stacks()).toHaveLength(total + 1);
  },
);

describe("what a store refuses is said in one line, with the right that it takes, and without secrets", () => {
  const refused = (tested: { readonly url: string }, env?: NodeJS.ProcessEnv): Promise<string> =>
    open(tested, env)
      .then((backend) => backend.stacks("shop"))
      .then(
        () => "nothing refused",
        ({ message }: Error) => message,
      );

  test("s3", async () => {
    const { url, server } = of("s3") as Awaited<ReturnType<typeof s3Backend>>;
    server.answer = (_method, key) =>
      key === "" ? { status: 403, code: "AccessDenied", message: "Access Denied" } : undefined;
    expect(await refused({ url })).toBe(
      "Cannot read s3://state/some team: AccessDenied: Access Denied. It takes the right s3:ListBucket on the bucket.",
    );
    server.answer = (_method, key) =>
      key === "" ? undefined : { status: 403, code: "AccessDenied", message: "Access Denied" };
    expect(await refused({ url })).toMatch(/^Cannot read \.pulumi\/meta\.yaml: AccessDenied.* the right s3:GetObject/);
    server.answer = undefined;
    expect(await refused({ url: url.replace("//state", "//other") })).toBe(
      "Cannot read s3://other/some team: NoSuchBucket: The specified bucket does not exist.",
    );
    expect(await refused({ url: "s3://state?region=us-east-1&endpoint=127.0.0.1:1&disableSSL=true" })).toMatch(
      /^Cannot read .*ECONNREFUSED.*\.$/,
    );
  });

  test("azblob", async () => {
    const { url } = of("azblob") as Awaited<ReturnType<typeof azureBackend>>;
    const signature = "cGxhbnRlZCBzaWduYXR1cmU=";
    const sas = `sv=2024-11-04&sp=rl&sr=c&se=2030-01-01T00:00:00Z&sig=${encodeURIComponent(signature)}`;
    const signed = await refused({ url }, { AZURE_STORAGE_ACCOUNT: ACCOUNT, AZURE_STORAGE_SAS_TOKEN: sas });
    expect(signed).toMatch(/^Cannot read azblob:\/\/state\/team: Auth.*It takes the role Storage Blob Data Reader/);
    expect(signed).not.toMatch(/planted|cGxhbnRlZ/);
    expect(await refused({ url: url.replace(/storage_account=[^&]*&?/, "") }, {})).toContain("AZURE_STORAGE_ACCOUNT");
    expect(await refused({ url: url.replace("//state", "//other") })).toMatch(/ContainerNotFound: .*does not exist\.$/);
  });

  test("gs", async () => {
    const { url, server } = of("gs") as Awaited<ReturnType<typeof googleBackend>>;
    server.refuseWith = 403;
    expect(await refused({ url })).toMatch(
      /^Cannot read .*does not have the permission. It takes the right storage\.objects\./,
    );
    server.refuseWith = undefined;
    expect(await refused({ url }, { GOOGLE_CREDENTIALS: "planted secret {" })).toBe(
      "GOOGLE_CREDENTIALS is not JSON: it holds a credentials file's content, not its path.",
    );
  });

  test("postgres", async () => {
    const { url, pool, put } = of("postgres") as Awaited<ReturnType<typeof postgresBackend>>;
    await put(".pulumi/stacks/shop/dev.json", Buffer.from("{}"));
    await pool.query("CREATE ROLE auditor LOGIN PASSWORD 'pass-word'");
    const other = url.replace("pulumi@", "auditor:pass-word@");
    const said = "permission denied for table pulumi_state. It takes the right to SELECT from the table pulumi_state.";
    expect(await refused({ url: other })).toContain(said);
    await pool.query("GRANT SELECT ON pulumi_state TO auditor");
    expect(await refused({ url: other })).toBe("nothing refused");
    expect(await refused({ url: other.replace(/:\d+\//, ":1/") })).toMatch(/^Cannot read [^@]*ECONNREFUSED[^@]*\.$/);
    expect(await refused({ url: `${url}&table=x;DROP TABLE pulumi_state` })).toContain("is not the name of a table");
    // Without a word on encryption Pulumi's driver wants it, and this server has none.
    expect(await refused({ url: url.replace("?sslmode=disable", "") })).toContain("does not support SSL");
    expect(await refused({ url: url.replace("=disable", "=prefer") })).toBe("nothing refused");
  });
});

test("credentials of Azure and Google are taken as Pulumi takes them", async () => {
  const azure = of("azblob") as Awaited<ReturnType<typeof azureBackend>>;
  await azure.put(".pulumi/stacks/shop/dev.json", Buffer.from("{}"));
  const at = `http://127.0.0.1:${azure.port}/${ACCOUNT}`;
  const connection = `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${KEY};BlobEndpoint=${at}`;
  const { ContainerSASPermissions } = requireByNode("@azure/storage-blob");
  const permissions = ContainerSASPermissions.parse("rl");
  const sas = new URL(
    await azure.container.generateSasUrl({ permissions, expiresOn: new Date(Date.now() + 3_600_000) }),
  );
  for (const env of [
    { AZURE_STORAGE_CONNECTION_STRING: connection },
    { AZURE_STORAGE_ACCOUNT: ACCOUNT, AZURE_STORAGE_SAS_TOKEN: sas.search.slice(1) },
    { AZURE_STORAGE_ACCOUNT: ACCOUNT, AZURE_STORAGE_KEY: KEY, AZURE_STORAGE_IS_LOCAL_EMULATOR: "true" },
  ]) {
    expect(await (await open(azure, env)).stacks("shop")).toMatchObject([{ shown: "shop/dev" }]);
  }

  const google = of("gs") as Awaited<ReturnType<typeof googleBackend>>;
  expect([...google.server.authorizations]).toEqual([undefined]);
  const store = openGoogle(new StoreAddress("gs://state"), packages, { GOOGLE_OAUTH_ACCESS_TOKEN: "token-1" });
  (store as unknown as { bucket: Bucket }).bucket.storage.baseUrl = `http://127.0.0.1:${google.server.port}/storage/v1`;
  await store.list("any");
  expect([...google.server.authorizations]).toEqual([undefined, "Bearer token-1"]);
});
