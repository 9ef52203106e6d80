import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parse } from "yaml";
import { createRepository, type Repository } from "./repository";

/** What happened at GitHub, as far as the workflows ask for it. */
export interface Event {
  readonly name: "pull_request" | "push" | "repository_dispatch" | "schedule" | "workflow_dispatch";
  /** Who did it. */
  readonly actor: string;
  readonly sha: string;
  /** The branch that it runs on. Default main. */
  readonly ref?: string;
  /** What stands in `github.event`. */
  readonly payload?: { readonly inputs?: Record<string, string>; readonly [name: string]: unknown };
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

/** A pull request that a workflow opened. */
export interface PullRequest {
  readonly number: number;
  /** Its branch. */
  readonly head: string;
  readonly state: "open" | "merged" | "closed";
  readonly title: string;
  readonly body: string;
}

/** An open secret scanning alert, of what GitHub's API tells about it. */
export interface Alert {
  readonly html_url: string;
  readonly created_at: string;
  readonly secret: string;
}

/** Who acts with a workflow's own token. */
export const BOT = "github-actions[bot]";

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
  /** Of it, what the workflow and the job declare. */
  readonly declared: Record<string, string>;
  failed: boolean;
  output: string;
}

/** A repository at GitHub, whose workflows' steps run here as they stand in the files. */
export class GitHub {
  readonly repository: Repository;
  private readonly state: string;
  private runs = 0;
  /** The run that the last one started with `gh workflow run`, as it ended. */
  started: Record<string, JobRun> | undefined;
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
    execFileSync("git", ["init", "--quiet", "--bare", join(state, "origin.git")]);
    return new GitHub(repository, state);
  }

  /** Lets the API know a merged pull request: `head` is the last commit of its branch. */
  merged(commit: string, pullRequest: { readonly author: string; readonly head: string }): void {
    writeFileSync(join(this.state, `merge-${commit}`), `${pullRequest.author} ${pullRequest.head}\n`);
  }

  /** All that workflows opened. */
  pullRequests(): PullRequest[] {
    const file = join(this.state, "pulls.json");
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  }

  /** Merges what a workflow opened, as `commit`, or closes it. */
  end(number: number, commit?: string): void {
    const pulls = this.pullRequests();
    const pull = pulls.find((each) => each.number === number) as PullRequest;
    const state = commit === undefined ? "closed" : "merged";
    const ended = this.git("rev-parse", pull.head).trim();
    writeFileSync(
      join(this.state, "pulls.json"),
      JSON.stringify(pulls.map((each) => (each === pull ? { ...pull, state, ended } : each))),
    );
    if (commit === undefined) return;
    this.repository.project.write({ "revocations.yaml": this.committed(pull.head) });
    this.merged(commit, { author: BOT, head: ended });
  }

  /** The ledger on a branch. */
  committed(branch: string): string {
    return this.git("show", `${branch}:revocations.yaml`);
  }

  /** The files that a branch changes, by git's own words. */
  changed(branch: string): string {
    return this.git("diff", "--name-status", "main", branch);
  }

  /** All that stays readable after the runs, but for their logs and summaries: pull requests, artifacts, commits. */
  published(): string {
    const files = globSync(["pulls.json", "comments-*", "artifacts/**"], { cwd: this.state, withFileTypes: true });
    const texts = files
      .filter((file) => file.isFile())
      .map((file) => readFileSync(join(file.parentPath, file.name), "utf8"));
    return [...texts, this.git("log", "--all", "--patch", "--reverse", "--", "revocations.yaml")].join("\n");
  }

  /** Refuses the next push to a branch of reports, as if another run had pushed at that moment. */
  refuseNextPush(): void {
    writeFileSync(join(this.state, "refuse"), "");
    const hook = `#!/bin/sh\n[ "$1" = refs/heads/main ] || ! rm "${join(this.state, "refuse")}" 2>/dev/null\n`;
    writeFileSync(join(this.state, "origin.git/hooks/update"), hook, { mode: 0o755 });
  }

  /** Refuses to open the next pull request, as where Actions are not allowed to. */
  refuseNextPullRequest(): void {
    writeFileSync(join(this.state, "refuse-pull-request"), "");
  }

  /** Lets the API list these open alerts of the organization. */
  alert(alerts: readonly Alert[]): void {
    writeFileSync(join(this.state, "alerts.json"), JSON.stringify(alerts));
  }

  /** Gives a run of another repository an artifact. */
  report(repository: string, run: number, artifact: string, files: Record<string, string>): void {
    const folder = join(this.state, "others", repository, String(run), artifact);
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
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
    const results = Object.values(runs).map(({ result }) => result);
    const succeeded = results.includes("success") && !results.includes("failure");
    if (workflow === "revoke.yml" && succeeded) writeFileSync(join(this.state, `run-${event.sha}`), run);
    const started = join(this.state, "started");
    const waiting = existsSync(started) ? readFileSync(started, "utf8").trim() : "";
    writeFileSync(started, "");
    this.started = waiting === "" ? undefined : await this.runStarted(waiting);
    return runs;
  }

  private runStarted(line: string): Promise<Record<string, JobRun>> {
    const [workflow = "", ref = ""] = line.split(" ");
    return this.run(workflow, { name: "workflow_dispatch", actor: BOT, sha: this.git("rev-parse", ref).trim(), ref });
  }

  /** Of the repository as it is at GitHub. */
  private git(...args: string[]): string {
    return execFileSync("git", ["-C", join(this.state, "origin.git"), ...args], { encoding: "utf8" });
  }

  /** A fresh clone, as every job gets it. Before it, main is what the repository's folder holds. */
  private checkOut(ref: string): string {
    const folder = this.repository.checkOut();
    const origin = join(this.state, "origin.git");
    const date = "2026-11-20T00:00:00Z";
    const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
    const git = (...args: string[]) => execFileSync("git", ["-C", folder, ...args], { env, stdio: "pipe" });
    git("init", "--quiet", "--initial-branch=main");
    git("remote", "add", "origin", origin);
    git("add", "--all");
    git("-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message", "main");
    git("push", "--quiet", "--force", "origin", "main");
    git("fetch", "--quiet", "origin", ref);
    git("checkout", "--quiet", "FETCH_HEAD");
    return folder;
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
        ref_name: event.ref ?? "main",
        repository: "example/revocations",
        token: "a token of GitHub",
      },
      inputs: event.payload?.inputs,
      secrets: {
        ALERTS_TOKEN: job.environment === "alerts" ? "a token for alerts" : undefined,
        DD_BEARER_TOKEN: bearerTokens[job.environment]?.value,
        PULUMI_CONFIG_PASSPHRASE: project.env.PULUMI_CONFIG_PASSPHRASE,
      },
      vars: {
        ALERTS_OF: "orgs/example",
        PULUMI_STACK: "test",
        PULUMI_BACKEND_URL: project.env.PULUMI_BACKEND_URL,
        ATTEST: "true",
      },
      needs,
      steps: {},
    };
    const needed = job.needs === undefined || needs[job.needs]?.result === "success";
    if (!condition(job.if, contexts, needed)) return { result: "skipped", output: "", summary: "" };
    writeFileSync(join(this.state, "event.json"), JSON.stringify(event.payload ?? {}));
    const declared = { ...filled(workflowEnv, contexts), ...filled(job.env ?? {}, contexts) };
    const scope: Scope = {
      folder: this.checkOut(event.ref ?? "main"),
      run,
      permissions: job.permissions,
      contexts,
      env: {
        CI: "true",
        GITHUB_ACTIONS: "true",
        GITHUB_ACTOR: event.actor,
        GITHUB_EVENT_NAME: event.name,
        GITHUB_EVENT_PATH: join(this.state, "event.json"),
        GITHUB_REPOSITORY: "example/revocations",
        GITHUB_RUN_ID: run,
        GITHUB_SHA: event.sha,
        GITHUB_ENV: join(this.state, "env"),
        GITHUB_OUTPUT: join(this.state, "output"),
        GITHUB_STEP_SUMMARY: join(this.state, "summary"),
        RUNNER_TEMP: mkdtempSync(join(this.state, "temp-")),
        STAND_IN_FOR_GITHUB: this.state,
        STAND_IN_PERMISSIONS: JSON.stringify(job.permissions),
        ...declared,
      },
      declared,
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
      for (const file of ["env", "output"]) writeFileSync(join(this.state, file), "");
      const folder = join(scope.folder, step["working-directory"] ?? "");
      const own = filled(step.env ?? {}, contexts);
      const { code, output } = await this.repository.run(step.run, folder, { ...scope.env, ...own });
      Object.assign(scope.env, this.assignments("env"));
      this.outputs = this.assignments("output");
      // GitHub prints what the file declares, but for the secrets.
      const hidden = Object.values((scope.contexts.secrets ?? {}) as Record<string, string | undefined>).filter(
        Boolean,
      );
      const declared = Object.entries({ ...scope.declared, ...own }).map(([name, value]) => `  ${name}: ${value}\n`);
      scope.output += hidden.reduce<string>((text, secret) => text.replaceAll(`${secret}`, "***"), declared.join(""));
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

  /** What a step wrote into one of its files, as `name=value`. */
  private assignments(file: string): Record<string, string> {
    const lines = readFileSync(join(this.state, file), "utf8").split("\n").filter(Boolean);
    return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
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
