import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parse } from "yaml";
import { createRepository, type Repository } from "./repository";

/** What happened at GitHub, as far as the workflows ask for it. */
export interface Event {
  readonly name: "pull_request" | "push" | "schedule" | "workflow_dispatch";
  /** Who did it. */
  readonly actor: string;
  readonly sha: string;
  /** What stands in `github.event`. */
  readonly payload?: object;
}

export interface JobRun {
  readonly result: "success" | "failure" | "skipped";
  /** What its steps printed. */
  readonly output: string;
  /** What its steps wrote into the job's summary. */
  readonly summary: string;
}

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Record<string, unknown>;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Record<string, unknown>;
  readonly "working-directory"?: string;
}

interface Job {
  readonly needs?: string;
  readonly if?: string;
  readonly environment: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly env?: Record<string, unknown>;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Record<string, unknown>;
  readonly defaults: { readonly run: { readonly shell: string } };
  readonly env?: Record<string, unknown>;
  readonly jobs: Record<string, Job>;
}

/** What expressions can name. */
type Contexts = Record<string, unknown>;

/** A job while it runs. */
interface Scope {
  readonly folder: string;
  readonly run: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly contexts: Contexts & {
    readonly steps: Record<string, { outcome: string; outputs: Record<string, string> }>;
  };
  /** Later steps see what earlier ones wrote into `$GITHUB_ENV`. */
  readonly env: Record<string, string>;
  failed: boolean;
  output: string;
}

/** A repository at GitHub, whose workflows' steps run here as they stand in the files. */
export class GitHub {
  readonly repository: Repository;
  private readonly state: string;
  private runs = 0;
  /** Of the last step, where an action has any. */
  private outputs: Record<string, string> = {};

  private constructor(repository: Repository, state: string) {
    this.repository = repository;
    this.state = state;
  }

  static async create(example: "ci/github" | "leaked" = "ci/github"): Promise<GitHub> {
    const script = join(__dirname, "gh.mts");
    const repository = await createRepository(example, { gh: `exec node '${script}' "$@"` });
    const state = join(dirname(repository.project.folder), "github");
    mkdirSync(state);
    return new GitHub(repository, state);
  }

  /** Lets the API know a merged pull request: `head` is the last commit of its branch. */
  merged(commit: string, pullRequest: { readonly author: string; readonly head: string }): void {
    writeFileSync(join(this.state, `merge-${commit}`), `${pullRequest.author} ${pullRequest.head}\n`);
  }

  comments(pullRequest: number): string {
    const file = join(this.state, `comments-${pullRequest}`);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /** The text of a file of an artifact of the last run. */
  artifact(name: string, file: string): string {
    return readFileSync(this.artifactFile(name, file), "utf8");
  }

  /** Where it is. */
  artifactFile(name: string, file: string): string {
    return join(this.state, `artifacts/${this.runs}/${name}`, file);
  }

  /** Runs the workflow's jobs that the event is for, one after the other. */
  async run(workflow: string, event: Event): Promise<Record<string, JobRun>> {
    const { folder } = this.repository.project;
    const file = join(folder, ".github/workflows", workflow);
    const { on, defaults, env, jobs }: Workflow = parse(readFileSync(file, "utf8"));
    if (!(event.name in on)) throw new Error(`${workflow} does not run on ${event.name}`);
    if (defaults.run.shell !== "bash") throw new Error(`${workflow}: ${defaults.run.shell} is not what runs here`);
    const run = String(++this.runs);
    const runs: Record<string, JobRun> = {};
    for (const [name, job] of Object.entries(jobs)) runs[name] = await this.runJob(job, env ?? {}, event, run, runs);
    // `gh run list` finds it by its commit, if it succeeded.
    const succeeded = Object.values(runs).every(({ result }) => result !== "failure");
    if (event.name === "pull_request" && succeeded) writeFileSync(join(this.state, `run-${event.sha}`), run);
    return runs;
  }

  private async runJob(
    job: Job,
    workflowEnv: Record<string, unknown>,
    event: Event,
    run: string,
    needs: Record<string, JobRun>,
  ): Promise<JobRun> {
    const { bearerTokens, project } = this.repository;
    const contexts = {
      github: {
        event_name: event.name,
        event: event.payload,
        actor: event.actor,
        repository: "example/revocations",
        token: "a token of GitHub",
      },
      secrets: {
        DD_BEARER_TOKEN: bearerTokens[job.environment]?.value,
        PULUMI_CONFIG_PASSPHRASE: project.env.PULUMI_CONFIG_PASSPHRASE,
      },
      vars: { PULUMI_STACK: "test", PULUMI_BACKEND_URL: project.env.PULUMI_BACKEND_URL, ATTEST: "true" },
      needs,
      steps: {},
    };
    const needed = job.needs === undefined || needs[job.needs]?.result === "success";
    if (!condition(job.if, contexts, needed)) return { result: "skipped", output: "", summary: "" };
    const scope: Scope = {
      folder: this.repository.checkOut(),
      run,
      permissions: job.permissions,
      contexts,
      env: {
        CI: "true",
        GITHUB_ACTIONS: "true",
        GITHUB_ACTOR: event.actor,
        GITHUB_EVENT_NAME: event.name,
        GITHUB_REPOSITORY: "example/revocations",
        GITHUB_RUN_ID: run,
        GITHUB_SHA: event.sha,
        GITHUB_ENV: join(this.state, "env"),
        GITHUB_STEP_SUMMARY: join(this.state, "summary"),
        STAND_IN_FOR_GITHUB: this.state,
        ...filled(workflowEnv, contexts),
        ...filled(job.env ?? {}, contexts),
      },
      failed: false,
      output: "",
    };
    writeFileSync(join(this.state, "summary"), "");
    for (const step of job.steps) await this.runStep(step, scope);
    const summary = readFileSync(join(this.state, "summary"), "utf8");
    return { result: scope.failed ? "failure" : "success", output: scope.output, summary };
  }

  private async runStep(step: Step, scope: Scope): Promise<void> {
    this.outputs = {};
    const succeeded = condition(step.if, { ...scope.contexts, env: scope.env }, !scope.failed, scope.folder)
      ? await this.act(step, scope)
      : undefined;
    if (step.id !== undefined) {
      const outcome = succeeded === undefined ? "skipped" : succeeded ? "success" : "failure";
      scope.contexts.steps[step.id] = { outcome, outputs: this.outputs };
    }
    if (succeeded === false) scope.failed = true;
  }

  /** @returns whether it succeeded */
  private async act(step: Step, scope: Scope): Promise<boolean> {
    const contexts = { ...scope.contexts, env: scope.env };
    if (step.run !== undefined) {
      writeFileSync(join(this.state, "env"), "");
      const folder = join(scope.folder, step["working-directory"] ?? "");
      const env = { ...scope.env, ...filled(step.env ?? {}, contexts) };
      const { code, output } = await this.repository.run(step.run, folder, env);
      for (const line of readFileSync(join(this.state, "env"), "utf8").split("\n").filter(Boolean)) {
        const [name = "", value = ""] = line.split(/=(.*)/s);
        scope.env[name] = value;
      }
      scope.output += output;
      return code === 0;
    }
    const action = step.uses ?? "";
    const inputs = filled(step.with ?? {}, contexts);
    if (action.startsWith("./")) {
      const { runs } = parse(readFileSync(join(scope.folder, action, "action.yml"), "utf8"));
      const inner: Scope = { ...scope, contexts: { ...scope.contexts, inputs, steps: {} } };
      for (const innerStep of runs.steps) await this.runStep(innerStep, inner);
      scope.output = inner.output;
      return !inner.failed;
    }
    switch (action.replace(/@v\d+$/, "")) {
      case "actions/checkout":
      case "actions/setup-node":
      case "pulumi/actions":
        return true;
      case "actions/upload-artifact": {
        const { name = "", path = "" } = inputs;
        const source = join(scope.folder, path);
        if (!existsSync(source)) return inputs["if-no-files-found"] !== "error";
        const target = join(this.state, "artifacts", scope.run, name);
        cpSync(source, statSync(source).isDirectory() ? target : join(target, basename(path)), { recursive: true });
        return true;
      }
      case "actions/attest":
        return this.attest(inputs, scope);
      default:
        throw new Error(`${action} has no stand-in here`);
    }
  }

  /** Makes a bundle as GitHub does, but for the signature: of the files as they are, and the predicate parsed. */
  private attest(inputs: Record<string, string>, { folder, permissions }: Scope): boolean {
    const {
      "subject-path": paths = "",
      "predicate-type": predicateType,
      "predicate-path": predicatePath = "",
    } = inputs;
    if (permissions["id-token"] !== "write" || permissions.attestations !== "write") return false;
    const subject = paths
      .split("\n")
      .filter(Boolean)
      .map((path) => {
        const sha256 = createHash("sha256")
          .update(readFileSync(join(folder, path)))
          .digest("hex");
        return { name: basename(path), digest: { sha256 } };
      });
    const predicate = JSON.parse(readFileSync(join(folder, predicatePath), "utf8"));
    const statement = { _type: "https://in-toto.io/Statement/v1", subject, predicateType, predicate };
    const payload = Buffer.from(JSON.stringify(statement)).toString("base64");
    const dsseEnvelope = { payload, payloadType: "application/vnd.in-toto+json", signatures: [{ sig: "AAAA" }] };
    const mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";
    const bundle = join(this.state, "attestation.json");
    writeFileSync(bundle, `${JSON.stringify({ mediaType, verificationMaterial: {}, dsseEnvelope })}\n`);
    this.outputs = { "bundle-path": bundle };
    return true;
  }
}

/** Whether a job or step runs: without a word about it, only if all before it succeeded. */
function condition(text: string | undefined, contexts: Contexts, succeeded: boolean, folder = ""): boolean {
  const expression = (text ?? "success()").replace(/^\$\{\{(.*)\}\}$/s, "$1");
  const holds = Boolean(evaluate(expression, contexts, succeeded, folder));
  return /\b(success|failure|cancelled|always)\(/.test(expression) ? holds : succeeded && holds;
}

/** The texts with their `${{ … }}` filled in. */
function filled(texts: Record<string, unknown>, contexts: Contexts): Record<string, string> {
  const fill = (text: unknown) =>
    String(text).replace(/\$\{\{(.*?)\}\}/gs, (_, inner) => `${evaluate(inner, contexts)}`);
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fill(text)]));
}

/** The part of GitHub's expressions that is JavaScript's too, and whose names that are missing count as `''`. */
function evaluate(expression: string, contexts: Contexts, succeeded = true, folder = ""): unknown {
  const at = (path: string): unknown =>
    path.split(".").reduce<unknown>((value, key) => (value as Contexts | undefined)?.[key], contexts) ?? "";
  const functions = {
    success: () => succeeded,
    cancelled: () => false,
    always: () => true,
    hashFiles: (file: string) => (existsSync(join(folder, file)) ? "a hash" : ""),
  };
  const script = expression.replace(/'[^']*'|[a-z_][\w.-]*(?!\()\b(?!\()/gi, (part) =>
    part.startsWith("'") ? part : `at(${JSON.stringify(part)})`,
  );
  return Function("at", ...Object.keys(functions), `return (${script});`)(at, ...Object.values(functions));
}

/** A push to a pull request. */
export function pullRequest(number: number, author: string, sha: string, from = "example/revocations"): Event {
  const payload = { pull_request: { number, user: { login: author }, head: { repo: { full_name: from } } } };
  return { name: "pull_request", actor: "somebody-else", sha, payload };
}

/** A push to main. */
export const push = (sha: string): Event => ({ name: "push", actor: "merger", sha });

/** Who asked, by token, as the stack's state says. */
export async function requestedBy({ repository }: GitHub): Promise<Record<string, unknown>> {
  const records = await repository.project.resources(":TokenRevocation");
  return Object.fromEntries(records.map(({ outputs }) => [outputs?.tokenId, outputs?.requestedBy]));
}
