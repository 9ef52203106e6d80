/**
 * Every fault at every moment, once and for ever: what is recorded, and what the user reads. The results are written
 * into docs/reliability.md, and the page must say what was seen.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "pulumi-datadog-revocation/simulator";
import type { Host, HostError, Properties } from "../support/host";
import { type Hosted, startHosted } from "../support/hosted";

const documentPath = join(__dirname, "../../docs/reliability.md");
const REWRITE = "UPDATE_DOCS=1 npm test -- --selectProjects host -- faultMatrix";

/** Words that a server might repeat, and that must never come through. */
const SECRET = "not-for-anybody-0123456789";
const body = { errors: [`of no use: ${SECRET}`] };
const status = (status: number, headers: Record<string, string> = {}): Fault => ({
  kind: "status",
  status,
  headers,
  body,
});

const FAULTS: Record<string, Fault> = {
  "connection reset": { kind: "resetBefore" },
  "no answer": { kind: "hang" },
  "an answer that drips": { kind: "drip" },
  "an answer that is cut": { kind: "cut" },
  "broken JSON": { kind: "malformed" },
  "wrong types": { kind: "malformed", body: JSON.stringify({ data: { id: 5, type: null, attributes: [] } }) },
  "a page with 200": { kind: "html" },
  "a page with 404": { kind: "html", status: 404 },
  redirect: { kind: "redirect", location: "http://127.0.0.1:9/" },
  "401": status(401),
  "403": status(403),
  "408": status(408),
  "409": status(409),
  "500": status(500),
  "503, come back at once": status(503, { "Retry-After": "0" }),
  "429": status(429),
  "429, come back in 1 s": status(429, { "X-RateLimit-Reset": "1" }),
  "429, come back in -5 s": status(429, { "X-RateLimit-Reset": "-5", "Retry-After": "-5" }),
  "429, come back in a year": status(429, { "X-RateLimit-Reset": "31536000" }),
  "429, come back in <html>": status(429, { "X-RateLimit-Reset": "<html>", "Retry-After": "<html>" }),
};

/** Faults that are Datadog's own word, so that nothing was carried out. */
const ITS_OWN_WORD = /^(401|403|408|409|429|a page with 404|redirect)/;

/** When the fault strikes. */
const MOMENTS = ["look-up", "DELETE, not carried out", "DELETE, carried out", "verification"] as const;
const DURATIONS = { once: 1, "for ever": Number.POSITIVE_INFINITY };
type Duration = keyof typeof DURATIONS;

/** The resources: how one is asked to revoke tokens, and what it says of each. */
const RESOURCES = {
  TokenRevocation: {
    module: "host/tokenRevocation",
    /** Tokens that one of them takes. */
    most: 1,
    args: ([tokenId]: readonly string[]): Properties => ({ tokenId }),
    told: (outputs: Properties): Told => ({ record: outputs, error: undefined }),
  },
  TokenRevocationBatch: {
    module: "host/tokenRevocationShard",
    most: Number.POSITIVE_INFINITY,
    args: (tokenIds: readonly string[]): Properties => ({
      tokenIds: tokenIds.toSorted(),
      verify: true,
      batch: { name: "faults", shard: "0", size: tokenIds.length, maxRevocations: 1000 },
    }),
    told: ({ records, failures }: Properties, tokenId: string): Told => {
      const its = (list: unknown) => (list as Properties[]).find((each) => each.tokenId === tokenId);
      return { record: its(records), error: its(failures)?.message as string | undefined };
    },
  },
};
type ResourceName = keyof typeof RESOURCES;

/** What a resource says of a token. */
interface Told {
  readonly record: Properties | undefined;
  readonly error: string | undefined;
}

/** What became of one token. */
interface Result extends Told {
  readonly warnings: readonly string[];
}

let hosted: Hosted;

afterAll(() => hosted.stop());

/** Lets a fault strike each token, at a moment of the first `up` of the resource that is to revoke them. */
async function strike(host: Host, cases: readonly [Case, ...Case[]]): Promise<Map<Case, Result>> {
  const [{ resource, moment, duration }] = cases;
  const { args, told } = RESOURCES[resource];
  const tokens = new Map(cases.map((each) => [each, hosted.token().id]));
  const install = (method: string, more: object = {}): void => {
    for (const [{ fault }, tokenId] of tokens) {
      const matcher = { method, path: hosted.path(tokenId), times: DURATIONS[duration] };
      hosted.simulator.fault(matcher, { ...FAULTS[fault], ...more } as Fault);
    }
  };
  if (moment === "look-up") install("GET");
  const { inputs, failures } = await host.check({}, args([...tokens.values()]));
  expect(failures).toEqual([]);
  if (moment === "DELETE, not carried out") install("DELETE");
  if (moment === "DELETE, carried out") {
    install("DELETE", { after: true });
  }
  if (moment === "verification") install("GET");
  const tell = await host.create(inputs).then(
    ({ properties }) =>
      (tokenId: string) =>
        told(properties, tokenId),
    ({ message, partial }: HostError) =>
      (): Told => ({ record: partial?.properties, error: message }),
  );
  return new Map(
    [...tokens].map(([each, tokenId]): [Case, Result] => {
      const warnings = host.logs().filter(({ message }) => message.startsWith(`${tokenId}: `));
      const result = { ...tell(tokenId), warnings: warnings.map(({ message }) => message) };
      demandTruth(tokenId, result);
      return [each, result];
    }),
  );
}

/** Whatever happened, what is said is so. */
function demandTruth(tokenId: string, { record, error, warnings }: Result): void {
  const requests = hosted.simulator.requests().filter(({ path }) => path.includes(tokenId));
  const isGone = hosted.simulator.find(tokenId)?.revokedAt !== null;
  const deletes = requests.filter(({ method }) => method === "DELETE");
  // Never "revoked" unless Datadog accepted it, never "verified" unless it was seen.
  if (record?.outcome === "revoked")
    expect(isGone && deletes.some(({ status }) => status === 204 || status === 404)).toBe(true);
  if (record?.verifiedAt !== undefined) expect(requests.some(({ status }) => status === 404)).toBe(true);
  // What is gone is recorded, or the user is told that nobody can say.
  if (isGone && record === undefined) expect(error).toContain("nobody can say whether it is revoked");
  if (!isGone) expect(error).toMatch(/not revoked|nobody can say whether it is revoked/);
  // Bounded, whoever tells it to come back at once.
  expect(deletes.length).toBeLessThanOrEqual(60);
  expect(requests.length).toBeLessThanOrEqual(250);
  for (const text of [error ?? "", ...warnings]) {
    expect(text).not.toMatch(/\n|\bat .*\.js|Error:|undefined|\[object/);
    for (const secret of [hosted.simulator.apiKey, hosted.simulator.appKey]) expect(text).not.toContain(secret);
  }
}

/** What a cell may say, from the strongest claim to the weakest. */
const CLAIMS = [
  "revoked, verified",
  "revoked, not verified",
  "revoked, not verified, never seen",
  "error: nobody can say, try again",
];

/** Whether one cell claims no more than another. On a slow machine an answer may come too late, and less is seen. */
function claimsNoMore(cell: string, than: string): boolean {
  return cell === than || CLAIMS.indexOf(cell) > CLAIMS.indexOf(than);
}

/** A cell of the page. */
function cell({ record, error }: Result): string {
  if (record === undefined) {
    return error?.includes("nobody can say") ? "error: nobody can say, try again" : "error: not revoked";
  }
  const verified = record.verifiedAt === undefined ? "not verified" : "verified";
  return `${record.outcome}, ${verified}${record.snapshot === undefined ? ", never seen" : ""}`;
}

/** One case each. They run side by side, as waiting is most of it. */
const cases = (Object.keys(RESOURCES) as ResourceName[]).flatMap((resource) =>
  Object.keys(FAULTS).flatMap((fault) =>
    MOMENTS.filter((moment) => moment !== "DELETE, carried out" || !ITS_OWN_WORD.test(fault)).flatMap((moment) =>
      (Object.keys(DURATIONS) as Duration[]).map((duration) => ({ resource, fault, moment, duration })),
    ),
  ),
);
type Case = (typeof cases)[number];
const results = new Map<Case, Promise<Result>>();

/** A known wait stops a whole process, so what is told to wait has processes of its own. */
const waits = (fault: string): boolean => /come back (at once|in 1 s)/.test(fault);

/** The cases that one process takes, and those that one resource of its takes. */
function groups({ resource, fault, moment, duration }: Case): { host: string; group: string } {
  const isSingle = RESOURCES[resource].most === 1;
  const group = [resource, isSingle ? fault : waits(fault), moment, duration].join();
  if (!isSingle) return { host: group, group };
  return { host: waits(fault) ? [resource, fault, duration].join() : resource, group };
}

beforeAll(async () => {
  hosted = await startHosted({ tokens: 20_000 });
  const hosts = new Map<string, Host>();
  const grouped = new Map<string, [Case, ...Case[]]>();
  for (const each of cases) {
    const { host, group } = groups(each);
    // One after the other, and all before anything is measured against a deadline.
    if (!hosts.has(host)) {
      const { module } = RESOURCES[each.resource];
      hosts.set(host, await hosted.start({ module, config: { "datadog:httpClientRetryTimeout": "12" } }));
    }
    const others = grouped.get(group);
    if (others) others.push(each);
    else grouped.set(group, [each]);
  }
  for (const group of grouped.values()) {
    const struck = strike(hosts.get(groups(group[0]).host) as Host, group);
    for (const each of group) {
      const result = struck.then((all) => all.get(each) as Result);
      // Its own test awaits it, later.
      result.catch(() => {});
      results.set(each, result);
    }
  }
}, 240_000);

describe.each(Object.keys(RESOURCES))("%s", (resource) => {
  describe.each(Object.keys(FAULTS))("%s", (fault) => {
    test.each(cases.filter((each) => each.resource === resource && each.fault === fault))(
      "$moment, $duration: what is said is so",
      async (each) => {
        await results.get(each);
      },
      240_000,
    );
  });
});

test(`no claim is stronger than in docs/reliability.md (to write it anew: ${REWRITE})`, async () => {
  const cells = new Map<string, string>();
  for (const each of cases) {
    const { resource, fault, moment, duration } = each;
    cells.set([resource, fault, moment, duration].join(), cell((await results.get(each)) as Result));
  }
  if (process.env.UPDATE_DOCS) writeFileSync(documentPath, documentOf(cells));
  const page = readFileSync(documentPath, "utf8");
  const written = cellsOf(page);
  expect([...written.keys()]).toEqual([...cells.keys()]);
  const stronger = [...cells].filter(([name, cell]) => !claimsNoMore(cell, written.get(name) ?? ""));
  expect(stronger).toEqual([]);
  expect(documentOf(written)).toBe(page);
}, 240_000);

function documentOf(cells: ReadonlyMap<string, string>): string {
  const column = (resource: string, fault: string, moment: string): string => {
    const [once, forEver] = Object.keys(DURATIONS).map((each) => cells.get([resource, fault, moment, each].join()));
    if (once === undefined) return NO_CASE;
    return once === forEver ? once : `once: ${once}; for ever: ${forEver}`;
  };
  const row = (resource: string, fault: string): string =>
    `| ${[escaped(fault), ...MOMENTS.map((moment) => column(resource, fault, moment))].join(" | ")} |`;
  const table = (resource: string): string =>
    [
      `## ${resource}`,
      "",
      `| fault | ${MOMENTS.join(" | ")} |`,
      `|${"---|".repeat(MOMENTS.length + 1)}`,
      ...Object.keys(FAULTS).map((fault) => row(resource, fault)),
    ].join("\n");
  return `# Reliability

What becomes of a token when something goes wrong, by what went wrong and when: what is recorded, or the error that the
user reads. "Once" is one answer; "for ever" is every answer from then on. A deployment that ends in an error is run again:
what was not done is done then.

This page is written by tests, from what they saw; to write it anew:
\`${REWRITE}\`.

${Object.keys(RESOURCES).map(table).join("\n\n")}
`;
}

const NO_CASE = "–";
const escaped = (fault: string): string => fault.replace("<html>", "`<html>`");

/** Reads the page again. */
function cellsOf(page: string): Map<string, string> {
  const cells = new Map<string, string>();
  for (const { resource, fault, moment, duration } of cases) {
    const table = page.split(`## ${resource}\n`)[1] ?? "";
    const row = table.split("\n").find((line) => line.startsWith(`| ${escaped(fault)} |`)) ?? "";
    const text = row.split(" | ")[MOMENTS.indexOf(moment) + 1]?.replace(/ \|$/, "") ?? "";
    const [, once = text, forEver = text] = /^once: (.*); for ever: (.*)$/.exec(text) ?? [];
    cells.set([resource, fault, moment, duration].join(), duration === "once" ? once : forEver);
  }
  return cells;
}
