import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parse } from "yaml";
import { runCli } from "../../../support/command";
import { cleanEnvironment, runCommand } from "../../../support/processes";
import { simulatorFor } from "../../simulator/useSimulator";

const SECRET = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
const PERSONAL = `ddpat_000000000Qdww5P8dQtGsa_${SECRET}`;
const SERVICE = `ddsat_1vCPtzKGJML79G0rwH3qpw_${SECRET}`;
const PERSONAL_ID = "00000000-0000-1234-0000-000000000000";
const SERVICE_ID = "3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c";
const personal = { tokenId: PERSONAL_ID, kind: "personal", publicPortion: "000000000Qdww5P8dQtGsa" };
const service = { tokenId: SERVICE_ID, kind: "service", publicPortion: "1vCPtzKGJML79G0rwH3qpw" };

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "identify-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a file of the test's folder, and returns its path. */
function file(name: string | Buffer, content: string | Uint8Array): string {
  const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]);
  mkdirSync(path.subarray(0, path.lastIndexOf("/")), { recursive: true });
  writeFileSync(path, content);
  return path.toString();
}

/** A named pipe in the test's folder. */
function pipe(name: string): string {
  execFileSync("mkfifo", [join(folder, name)]);
  return join(folder, name);
}

async function identify(...args: string[]) {
  return checked(await runCli(["identify", ...args]));
}

describe("with --look-up, identify asks Datadog whose the tokens are", () => {
  const detectedAt = new Date(Date.now() - 3 * 86_400_000 - 1_000).toISOString();
  async function start() {
    const simulator = await simulatorFor({ tokens: 3 });
    const [account] = simulator.serviceAccounts;
    const leaked = simulator.addToken({ name: "ci", leak: { detectedAt, source: "github" } });
    const service = simulator.addToken({ name: "bot", ownerId: account?.id ?? "" });
    const values = [leaked.value, service.value, PERSONAL, leaked.value];
    const path = file("look-up.log", values.join("\n"));
    const env = { DD_HOST: simulator.url, DD_API_KEY: simulator.apiKey, DD_APP_KEY: simulator.appKey };
    const run = async (...args: string[]) => {
      const result = await runCli(["identify", path, "--look-up", ...args], env);
      for (const { value } of [leaked, service]) expect(result.output).not.toContain(value);
      return checked(result);
    };
    return { simulator, run, leaked, service, account: account?.name, handle: simulator.keyOwner.handle };
  }

  test("in every format", async () => {
    const { run, leaked, service, account, handle } = await start();
    const whose = [
      `"ci", personal token of ${handle}, never used, found leaked by Datadog 3d ago (github)`,
      `"bot", service account token of ${account}, never used`,
      "personal, not shown by Datadog",
    ];
    const table = await run();
    expect({
      code: table.code,
      rows: table.stdout
        .trim()
        .split("\n")
        .slice(1)
        .map((row) => row.split(":").slice(1).join(":")),
    }).toEqual({ code: 0, rows: [`1  ${whose[0]}`, `2  ${whose[1]}`, `3  ${whose[2]}`, `4  ${whose[0]}`] });
    const { stdout: json } = await run("--format", "json");
    expect(
      JSON.parse(json).map(({ tokenId, snapshot }: { tokenId: string; snapshot: object | null }) => [
        tokenId,
        snapshot,
      ]),
    ).toEqual([
      [leaked.id, expect.objectContaining({ name: "ci", leak: { detectedAt, source: "github" } })],
      [service.id, expect.objectContaining({ owner: expect.objectContaining({ name: account }), leak: null })],
      [PERSONAL_ID, null],
      [leaked.id, expect.objectContaining({ name: "ci" })],
    ]);
    const { stdout: yaml } = await run("--format", "yaml");
    expect(yaml.split("\n")[1]).toMatch(
      /^ {2}- tokenId: \S+ # "ci", personal token of .* \(github\), .*:1 and 1 more$/,
    );
    expect(parse(yaml)).toHaveLength(3);
  });

  test("and where Datadog gives no answer, prints what was found all the same, and fails", async () => {
    const { simulator, run } = await start();
    simulator.fault(
      { path: /personal_access_tokens/, times: Number.POSITIVE_INFINITY },
      { kind: "status", status: 403 },
    );
    const { code, stdout, stderr } = await run("--format", "json");
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toHaveLength(4);
    expect(stdout).not.toContain("snapshot");
    expect(stderr).toMatch(/Datadog could not be asked about 3 tokens: GET .* answered 403/);
  });

  test("and what these credentials may not see is not claimed to be unknown", async () => {
    const { simulator, leaked, service } = await start();
    const other = simulator.addUser({ permissions: ["user_app_keys"] });
    const { apiKey, appKey } = simulator.createKeys(null, other.id);
    const path = file("restricted.log", [leaked.value, service.value].join("\n"));
    const env = { DD_HOST: simulator.url, DD_API_KEY: apiKey, DD_APP_KEY: appKey };
    const { code, stdout, stderr } = await runCli(["identify", path, "--look-up", "--format", "json"], env);
    expect(JSON.parse(stdout).map(({ snapshot }: { snapshot: unknown }) => snapshot)).toEqual([undefined, undefined]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/Datadog could not be asked about \d tokens?: GET .* answered 403/);
  });

  test("and a service account's token that is revoked, or cannot be seen, is not claimed to be either", async () => {
    const { simulator, run, service } = await start();
    simulator.revoke(service.id);
    const { code, stdout, stderr } = await run("--format", "json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)[1]).not.toHaveProperty("snapshot");
    expect(stderr).toMatch(/Datadog does not show 1 token: revoked, or a service account's, which these credentials/);
  });

  test("and where no listing tells, a 404 proves nothing", async () => {
    const { simulator, run } = await start();
    const path = "/api/v2/personal_access_tokens";
    simulator.fault({ path, times: Number.POSITIVE_INFINITY }, { kind: "status", status: 403 });
    const { stdout } = await run("--format", "json");
    expect(JSON.parse(stdout).filter(({ snapshot }: { snapshot: unknown }) => snapshot === null)).toEqual([]);
  });

  test("and without credentials it says so before it reads anything", async () => {
    const { code, stdout, stderr } = await identify(file("alone.log", PERSONAL), "--look-up", "--cwd", folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^No Datadog credentials: set DD_BEARER_TOKEN/);
  });
});

function checked<Result extends { output: string }>(result: Result): Result {
  expect(result.output).not.toContain(SECRET);
  return result;
}

test("identify reads folders with all in them, one row for each place, and says what it skips", async () => {
  file("all/a.log", `one\n${PERSONAL}\n\n{"x":"\\n${SERVICE}", "y":"${PERSONAL.replaceAll("_", "\\u005f")}"}`);
  file("all/b/c.txt", Buffer.from(`\ufeffone\r\n${SERVICE}\r\n`, "utf16le"));
  file("all/b/large", `${"a long line ".repeat(100_000)}\n${SERVICE}\n`);
  file("all/e\u001b[31mvil\nname", PERSONAL);
  file(Buffer.from("all/g\xff.log", "latin1"), PERSONAL);
  file(`all/h-${PERSONAL}`, PERSONAL);
  file("all/program", Buffer.from(`\x7fELF\0\0\n\0${SERVICE}\0\xff`, "latin1"));
  file("all/.git/config", PERSONAL);
  symlinkSync("..", join(folder, "all/loop"));

  const { code, stdout, stderr } = await identify(`${folder}/all`, "--format", "json");
  const at = (name: string, line: number) => ({ source: `${folder}/all/${name}`, line });
  expect(JSON.parse(stdout)).toEqual([
    { ...personal, ...at("a.log", 2) },
    { ...service, ...at("a.log", 4) },
    { ...personal, ...at("a.log", 4) },
    { ...service, ...at("b/c.txt", 2) },
    { ...service, ...at("b/large", 2) },
    { ...personal, ...at("e\u001b[31mvil\nname", 1) },
    { ...personal, ...at("g\ufffd.log", 1) },
    { ...personal, ...at("h-ddpat_000000000Qdww5P8dQtGsa_[redacted]", 1) },
    { ...service, ...at("program", 2) },
  ]);
  expect(stdout).not.toContain("\u001b");
  expect({ code, stderr: stderr.replaceAll(folder, "") }).toEqual({
    code: 0,
    stderr: "Skipped /all/.git: files of git itself, which are compressed\n" + "Skipped /all/loop: a symbolic link\n",
  });
});

test("identify prints a table in which no name can break a line", async () => {
  const path = file("ta\nble\u202e.log", `${PERSONAL}\n${SERVICE}`);
  const { code, stdout } = await identify(path);
  expect(code).toBe(0);
  expect(stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
    ["TOKEN ID", "KIND", "PUBLIC PORTION", "WHERE"],
    [...Object.values(personal), `${folder}/ta ble .log:1`],
    [...Object.values(service), `${folder}/ta ble .log:2`],
    [""],
  ]);
});

test("identify prints entries that can be appended to the ledger, one for each token", async () => {
  const path = file("for: the # ledger", `${SERVICE}\n${PERSONAL}\n${SERVICE}\n`);
  const { code, stdout } = await identify(path, "--format", "yaml");
  expect(code).toBe(0);
  expect(parse(`revocations:\n${stdout}`)).toEqual({
    revocations: [{ token: `ddsat_${service.publicPortion}` }, { tokenId: PERSONAL_ID }],
  });
  expect(stdout).toContain(`  - token: ddsat_${service.publicPortion} # service, ${path}:1 and 1 more\n`);
});

test.each([
  ["a file", `< "$FILE"`],
  ["a pipe", `- <<'END'\none\n${PERSONAL}\nEND`],
])("identify reads standard input from %s", async (_, redirection) => {
  const path = file("input", `one\n${PERSONAL}\n`);
  const { code, stdout, stderr } = checked(await runCli(["identify", "--format", "json"], { FILE: path }, redirection));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toEqual([{ ...personal, source: "(standard input)", line: 2 }]);
});

test.each([
  ["table", ""],
  ["json", "[]\n"],
  ["yaml", ""],
])("identify ends with status 1 when nothing is found, as %s", async (format, stdout) => {
  const path = file("nothing", "a log\n");
  expect(await identify(path, "--format", format)).toMatchObject({ code: 1, stdout, stderr: "" });
});

test("identify names what cannot be read, reads the rest, and ends with status 2", async () => {
  const good = file("good", PERSONAL);
  symlinkSync("round", join(folder, "round"));
  const { code, stdout, stderr } = await identify(`${folder}/no\u001bne`, `${folder}/round`, good);
  expect({ code, stderr: stderr.replaceAll(folder, "") }).toEqual({
    code: 2,
    stderr: "Cannot read /no ne: no such file\n" + "Cannot read /round: its symbolic links form a loop\n",
  });
  expect(stdout).toContain(`${good}:1\n`);
});

test("identify counts what it skips beyond the first few", async () => {
  for (let number = 0; number < 25; number++) file(`many/${number}`, Buffer.from("1f8b0800", "hex"));
  const { code, stderr } = await identify(`${folder}/many`);
  expect(code).toBe(1);
  expect(stderr.trimEnd().split("\n")).toHaveLength(21);
  expect(stderr).toMatch(/\nSkipped 5 more\.\n$/);
});

test("identify ends quietly when nobody reads on", async () => {
  const path = file("dense", `${PERSONAL}\n`.repeat(20_000));
  const { stdout, stderr } = checked(await runCli(["identify", path], {}, "| head -n 2"));
  expect(stdout.split("\n")).toHaveLength(3);
  expect(stderr).toBe("");
});

test("identify stops reading what never ends when nobody reads on", async () => {
  const shell = `< "$PIPE" | head -n 1 & yes "$VALUE" > "$PIPE"; wait`;
  const { stdout } = checked(await runCli(["identify"], { PIPE: pipe("endless"), VALUE: PERSONAL }, shell));
  expect(stdout.match(/\n/g)).toHaveLength(1);
});

const ADD = "npx --no pulumi-datadog-revocation identify --add-to revocations.yaml --token PUBLIC_PORTION";

test("identify tells on standard error of values that are not whole, with the token's id where it is known", async () => {
  const lines = [
    PERSONAL.slice(0, -5),
    `${PERSONAL.slice(0, 29)}****`,
    "ddpat_********",
    PERSONAL.slice(0, 20),
    `${PERSONAL.slice(0, 40)}\n> ${PERSONAL.slice(40)}`,
    Buffer.from(`user:${SERVICE}`).toString("base64"),
  ];
  const path = file("near", lines.join("\n"));
  const { code, stdout, stderr } = await identify(path);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  const whole = `ddpat_${personal.publicPortion} (token id ${PERSONAL_ID}).`;
  expect(stderr.replaceAll(`${path}:`, "").split("\n")).toEqual([
    `1: a token value, cut after 60 of 65 characters. Its public portion is whole: ${whole}`,
    `2: a masked token value. Its public portion is whole: ${whole}`,
    expect.stringMatching(/^3: a masked token value\. What is left does not name the token: search the original/),
    expect.stringMatching(/^4: a token value, cut after 20 of 65 characters\. What is left does not name the token/),
    expect.stringMatching(`^5: a token value, broken over lines: ddpat_${personal.publicPortion} .*Join its lines`),
    expect.stringMatching(`^7: a token value in base64: ddsat_${service.publicPortion} .*Decode it \\(base64 -d\\)`),
    `To revoke a token by its public portion, add it to the ledger: ${ADD}`,
    "No whole token value was found, but 6 that are cut, masked, broken over lines or in base64: see above.",
    "",
  ]);
});

test("identify tells of one near miss in a line once, however often it stands there", async () => {
  const path = file("report.json", `{"Match": "ddpat_00000000...", "Secret": "ddpat_00000000..."}\n`);
  const { stderr } = await identify(path);
  expect(stderr.match(/a masked token value/g)).toHaveLength(1);
});

test("identify tells of the first near misses, and counts the others; they change no exit status", async () => {
  const path = file("nearly", `${PERSONAL}\n${`${PERSONAL.slice(0, -1)}\n`.repeat(23)}`);
  const { code, stderr } = await identify(path);
  const lines = stderr.trimEnd().split("\n").slice(0, -1);
  expect({ code, lines: lines.length, last: lines.at(-1) }).toEqual({
    code: 0,
    lines: 21,
    last: "3 more token values that cannot be read as a whole.",
  });
});

test("identify says where public portions stand when there is no value", async () => {
  const path = file("portions", `\n${PERSONAL.slice(0, 28)}\n${SERVICE.slice(0, 28)}\n`);
  const { code, stderr } = await identify(path);
  expect(code).toBe(1);
  expect(stderr).toContain(
    `No token value was found. Public portions without a secret stand at ${path}:2 and 1 more place. ` +
      `To revoke their tokens, add them to the ledger: ${ADD}\n`,
  );
});

test("identify names what is compressed with the command that searches it, and does not pass it for searched", async () => {
  const path = file("it's.log.gz", gzipSync(`${PERSONAL}\n`));
  const { code, stdout, stderr } = await identify(path);
  const command = `zcat < '${path.replace("'", "'\\''")}' | npx --no pulumi-datadog-revocation identify`;
  expect({ code, stdout, stderr }).toEqual({
    code: 2,
    stdout: "",
    stderr: `${path}: compressed (gzip): what is inside was not searched. Search it with: ${command}\n`,
  });
});

/** Whether this machine lets a test have a small disk of its own. */
const mayMount = spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;

(mayMount ? test : test.skip)("identify says so when the disk is full before all is printed", async () => {
  const dense = file("dense-too", `${PERSONAL}\n`.repeat(2_000));
  const cli = join(__dirname, "../../../support/cli.cjs");
  const script = `mount -t tmpfs -o size=16k tmpfs /mnt && "$0" ${cli} identify "$1" > /mnt/out; echo "status $?"`;
  const options = { cwd: folder, env: cleanEnvironment(), timeout: 60_000 };
  const args = ["-rm", "sh", "-c", script, process.execPath, dense];
  const { stdout, stderr } = await runCommand("unshare", args, options);
  expect({ stdout, stderr }).toEqual({
    stdout: "status 2\n",
    stderr: "Cannot write to standard output: the disk is full.\n",
  });
});

test("identify ends with its own status when nobody reads standard error", async () => {
  const good = file("heard", PERSONAL);
  const shell = `4<> "$PIPE" 5> "$PIPE" 4<&- 2>&5; echo "status $?"`;
  const { stdout } = await runCli(["identify", `${folder}/none`, good], { PIPE: pipe("unheard") }, shell);
  expect(stdout).toMatch(/heard:1\nstatus 2\n$/);
});
