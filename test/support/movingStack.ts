import type { Simulator } from "pulumi-datadog-revocation/simulator";
import { createProject, type Project, type State } from "./engine";
import type { Face } from "./face";
import { simulate } from "./simulator";

export const imports = `
import * as pulumi from "@pulumi/pulumi";
import { TokenRevocation, TokenRevocationBatch, TokenSweep } from "pulumi-datadog-revocation";
`;

const KINDS = ["TokenRevocation", "TokenRevocationShard", "TokenSweep"];

/** The types that tell the two faces apart, with what serves them, sorted. */
export const TYPES: Record<Face, string[]> = {
  dynamic: [
    ...KINDS.map((kind) => `pulumi-nodejs:dynamic/datadog-revocation:${kind}`),
    "pulumi:providers:pulumi-nodejs",
  ].sort(),
  plugin: [...KINDS.map((kind) => `datadog-revocation:index:${kind}`), "pulumi:providers:datadog-revocation"].sort(),
};

/** A face, and what its stack goes on with. */
export const MOVES: [Face, Face][] = [
  ["dynamic", "plugin"],
  ["plugin", "dynamic"],
];

/** What state holds, decrypted. */
interface Held {
  /** Of each of our resources, by name. */
  readonly records: Record<string, unknown>;
  /** Of those, and of their providers, each once, sorted. */
  readonly types: string[];
}

/** A stack that goes from one face to the other, beside a Datadog that sees what is sent. */
export class MovingStack {
  #read = 0;

  constructor(
    readonly project: Project,
    readonly datadog: Simulator,
  ) {}

  /**
   * Requests since the last call, sorted; but for the listings of a sweep's every run, and the question who asks, which a
   * record of a token that was never seen takes.
   */
  sent(): string[] {
    const requests = this.datadog.requests(this.#read);
    this.#read += requests.length;
    const lines = requests.map(({ method, path }) => `${method} ${path.split("?")[0]}`);
    return lines
      .filter((line) => !/^GET \/api\/v2\/(personal_access_tokens|current_user|users(\/[^/]+)?)$/.test(line))
      .sort();
  }

  /** Those of them that do more than look. */
  acts(): string[] {
    return this.sent().filter((line) => !line.startsWith("GET "));
  }

  async held(): Promise<Held> {
    const { stdout } = await this.project.run("stack", "export", "--show-secrets");
    const { resources = [] } = (JSON.parse(stdout) as State).deployment;
    const ours = resources.filter(({ type }) => /datadog-revocation:(index:)?Token/.test(type));
    const types = resources.map(({ type }) => type);
    return {
      records: Object.fromEntries(
        ours.map(({ urn, id, outputs, initErrors }) => [urn.split("::").at(-1), { id, outputs, initErrors }]),
      ),
      types: [...new Set(types)]
        .filter((type) => /^pulumi:providers|dynamic|index:Token(?!RevocationBatch)/.test(type))
        .sort(),
    };
  }
}

/** A program with every kind of resource, below a component too: 43 with the stack. */
export function everyKind({ tokens }: Simulator, { protect = true, reason = "in a log" } = {}): string {
  const ids = JSON.stringify(tokens.slice(3, 30).map(({ id }) => id));
  const [one, two, three] = tokens;
  return `${imports}
    new TokenRevocation("by-id", { tokenId: "${one?.id}", reason: "${reason}", ticket: "INC-1" });
    new TokenRevocation("by-value", { token: pulumi.secret("${two?.value}"), reason: pulumi.secret("a name") });
    new TokenRevocation("kept", { tokenId: "${three?.id}" }, { protect: ${protect} });
    new TokenRevocation("unknown", { tokenId: "00000000-0000-4000-8000-00000000dead" });
    const team = new pulumi.ComponentResource("test:index:Team", "team");
    new TokenRevocation("below", { tokenId: "${tokens[30]?.id}" }, { parent: team });
    const ids = ${ids};
    const batch = new TokenRevocationBatch("batch", { tokens: ids.slice(0, 9), ticket: pulumi.secret("INC-1") });
    new TokenRevocationBatch("nested", { tokens: ids.slice(9) }, { parent: team });
    new TokenSweep("report", { where: { namePattern: "swept/*" } });
    new TokenSweep("enforced", { where: { namePattern: "left/*" }, enforce: true, ticket: "INC-2" });
    export const { summary } = batch;
  `;
}

/** Makes a stack in which everything is done. */
export async function startStack(face: Face): Promise<MovingStack> {
  const datadog = await simulate({ tokens: 40, seed: 5 });
  for (const name of ["left/a", "left/b", "swept/a"]) datadog.addToken({ name });
  const env = { DD_HOST: datadog.url, DD_API_KEY: datadog.apiKey, DD_APP_KEY: datadog.appKey };
  const project = await createProject({ program: everyKind(datadog), env });
  project.turnTo(face);
  expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
  const stack = new MovingStack(project, datadog);
  stack.sent();
  return stack;
}
