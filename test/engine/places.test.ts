import type { SimulatedToken, Simulator } from "pulumi-datadog-revocation/simulator";
import { createProject, type Project } from "../support/engine";
import { useSimulator } from "../support/hosted";

const patience = 240_000;
const program = (body: string): string => `
import * as pulumi from "@pulumi/pulumi";
import { TokenRevocation, TokenRevocationBatch } from "pulumi-datadog-revocation";
${body}
`;

let datadog: Simulator;
let personal: SimulatedToken[];
beforeAll(async () => {
  datadog = await useSimulator({ tokens: 80 });
  personal = datadog.tokens.filter(({ serviceAccountId }) => serviceAccountId === undefined);
});

const at = ({ url, apiKey, appKey }: Simulator) => ({ DD_HOST: url, DD_API_KEY: apiKey, DD_APP_KEY: appKey });
const take = (count: number): SimulatedToken[] => personal.splice(0, count);
const ids = (tokens: readonly SimulatedToken[]): string[] => tokens.map(({ id }) => id);
const deletes = (since: number): number => datadog.requests(since).filter(({ method }) => method === "DELETE").length;
/** What a run said in the end, a line each. */
function diagnostics(output: string): string[] {
  const [, said = ""] = output.split("\nDiagnostics:\n");
  return (said.split("\nResources:")[0] ?? "").split("\n").map((line) => line.trim());
}
const whose = ({ name, id }: SimulatedToken): string => {
  const handle = datadog.find(id)?.owner.handle;
  return `"${name}", personal token of ${handle}, `;
};

test(
  "a wrong site that is corrected: the preview shows whose tokens are revoked here, up revokes them, and then nothing changes",
  async () => {
    const wrong = await useSimulator({ tokens: 0, seed: 9 });
    const [single, ...many] = take(4) as [SimulatedToken, ...SimulatedToken[]];
    const project = await createProject({
      program: program(`
        new TokenRevocation("single", { tokenId: "${single.id}" });
        new TokenRevocationBatch("many", { tokenIds: ${JSON.stringify(ids(many))} });
      `),
      env: at(wrong),
    });
    expect((await project.up("--skip-preview")).code).toBe(0);
    const outcomes = async () => (await project.recorded()).records.map(({ outcome }) => outcome);
    expect(await outcomes()).toEqual(Array(4).fill("alreadyRevoked"));

    Object.assign(project.env, at(datadog));
    const since = datadog.requests().length;
    const preview = await project.preview();
    const moved = `recorded as alreadyRevoked at Datadog (${new URL(wrong.url).host}`;
    const shown = diagnostics(preview.output);
    expect(shown.filter((line) => line.includes(moved))).toEqual([
      expect.stringMatching(`^warning: ${single.id}: .*This run is at Datadog \\(${new URL(datadog.url).host}`),
      expect.stringMatching(`^warning: many: .*This run is at Datadog \\(${new URL(datadog.url).host}`),
    ]);
    expect(shown).toContainEqual(expect.stringMatching(`^${single.id}: to revoke: ${whose(single)}`));
    for (const { id, name } of many) expect(shown).toContainEqual(expect.stringMatching(`^${id} +${name} `));
    expect(deletes(since)).toBe(0);

    const up = await project.up("--skip-preview");
    expect(up.code).toBe(0);
    expect(deletes(since)).toBe(4);
    expect(await outcomes()).toEqual(Array(4).fill("revoked"));
    for (const { id } of many)
      expect(diagnostics(up.output)).toContainEqual(expect.stringContaining(`${id}: revoked now`));

    const quiet = datadog.requests().length;
    const again = await project.up("--skip-preview", "--expect-no-changes");
    expect([again.code, diagnostics(again.output)]).toEqual([0, [""]]);
    expect(datadog.requests(quiet)).toEqual([]);
  },
  patience,
);

test(
  "a plain preview and up say whose the first twenty are, how many more there are, and what became of them; a quiet up nothing",
  async () => {
    const tokens = take(23);
    const project = await createProject({
      program: program(
        `for (const tokenId of ${JSON.stringify(ids(tokens))}) new TokenRevocation(tokenId, { tokenId });`,
      ),
      env: at(datadog),
    });
    const lines = (output: string, what: string): string[] =>
      diagnostics(output).filter((line) => line.includes(`: ${what}`));
    const preview = await project.preview();
    expect(lines(preview.output, "to revoke: ")).toHaveLength(20);
    expect(diagnostics(preview.output)).toContain("… and 3 more tokens to revoke");

    const up = await project.up("--skip-preview");
    const became = lines(up.output, "revoked now, verified gone: ");
    expect(became).toHaveLength(20);
    for (const line of became) {
      const token = tokens.find(({ id }) => line.startsWith(id)) as SimulatedToken;
      expect(line).toContain(whose(token));
    }
    expect(diagnostics(up.output)).toContain("… and 3 more tokens: 3 revoked");
    expect(up.output).not.toContain("more tokens to revoke");

    expect(diagnostics((await project.up("--skip-preview")).output)).toEqual([""]);
    await revokesAgain(project, tokens[0] as SimulatedToken);
  },
  patience,
);

/** The last word of the run that revokes again is what is true then. */
async function revokesAgain(project: Project, { id }: SimulatedToken): Promise<void> {
  datadog.restore(id);
  await project.refresh("--skip-preview");
  const { output } = await project.up("--skip-preview");
  const about = diagnostics(output).filter((line) => line.includes(id));
  expect(about).toContainEqual(
    expect.stringMatching(/still alive when Datadog was last asked: pulumi up revokes it again$/),
  );
  expect(about.at(-1)).toMatch(/: revoked now, verified gone: /);
}

test(
  "a replaced resource is warned of with its cause and what prevents it; a service token that cannot be seen, with how to leave it out",
  async () => {
    const [one, two] = take(2) as [SimulatedToken, SimulatedToken];
    const project = await createProject({
      program: program(`new TokenRevocation("one", { tokenId: "${one.id}" });`),
      env: at(datadog),
    });
    await project.up("--skip-preview");
    const replaced = await project.up("--skip-preview", "--replace", "**::one");
    const text =
      "A resource that was replaced, tainted or renamed cannot see its earlier records: protect: true and aliases prevent that";
    expect(diagnostics(replaced.output)).toContainEqual(expect.stringContaining(text));

    project.setProgram(
      program(`
        new TokenRevocation("unseen", { token: "ddsat_1vCPtzKGJML79G0rwH3qpw" });
        new TokenRevocation("one", { tokenId: "${one.id}" });
        new TokenRevocation("two", { tokenId: "${two.id}" });
      `),
    );
    const blocked = await project.up("--skip-preview");
    expect(blocked.code).not.toBe(0);
    expect(blocked.output).toContain("run pulumi up --exclude '**::NAME'");
    const left = await project.up("--skip-preview", "--exclude", "**::unseen");
    expect(left.code).toBe(0);
    expect(datadog.find(two.id)?.revokedAt).not.toBeNull();
  },
  patience,
);
