import { createHash } from "node:crypto";
import { cpSync, existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { parse } from "yaml";
import { startServer } from "../server";
import { createRepository, type Repository } from "./repository";

export interface Pipeline {
  readonly source: "merge_request_event" | "push" | "schedule" | "trigger" | "web";
  /** Who started it. */
  readonly user: string;
  readonly sha: string;
  readonly mergeRequest?: { readonly iid: number; readonly fork?: boolean };
  /** What was sent to the pipeline trigger. */
  readonly payload?: object;
  /** Variables of the project. */
  readonly variables?: Readonly<Record<string, string>>;
}

export interface JobRun {
  readonly job: string;
  readonly succeeded: boolean;
  readonly output: string;
}

/** What GitLab's API tells about a merge request. */
interface MergeRequest {
  readonly iid: number;
  readonly state: "opened" | "merged" | "closed";
  /** Empty where a test pushed what it holds. */
  readonly source_branch: string;
  readonly title: string;
  readonly description: string;
  readonly author: { readonly username: string };
  /** The last commit of its branch. */
  readonly sha: string;
  readonly merge_commit_sha: string | null;
  readonly squash_commit_sha: string | null;
}

interface Job {
  readonly rules: readonly { readonly if: string }[];
  readonly environment?: { readonly name: string };
  readonly id_tokens?: Readonly<Record<string, { readonly aud: string }>>;
  readonly before_script?: readonly string[];
  readonly script: readonly string[];
  readonly artifacts?: { readonly paths: readonly string[]; readonly when?: "always" };
}

/** Of the image of the job that signs: `cosign` makes a Sigstore bundle, but for the signature. */
const COMMANDS = {
  apk: `[ "$*" = "add --no-cache cosign" ]`,
  cosign: `[ "$SIGSTORE_ID_TOKEN" = "for sigstore" ] && exec node '${join(__dirname, "cosign.mts")}' "$@"`,
};

/** A project at GitLab, whose pipelines' scripts run here as they stand in `.gitlab-ci.yml`. */
export class GitLab {
  readonly repository: Repository;
  readonly mergeRequests: MergeRequest[] = [];
  /** The ledger on the branches that pipelines made. */
  readonly branches: Record<string, string> = {};
  /** What jobs of other projects left, by its path in the API. */
  readonly artifactsOfOthers: Record<string, string> = {};
  private readonly posted: Record<string, string> = {};
  private readonly state: string;
  private pipelines = 0;

  private constructor(repository: Repository) {
    this.repository = repository;
    this.state = join(dirname(repository.project.folder), "artifacts");
  }

  static async create(example: "ci/gitlab" | "leaked" = "ci/gitlab"): Promise<GitLab> {
    return new GitLab(await createRepository(example, COMMANDS));
  }

  /** Opens a merge request: `sha` is the last commit of its branch. */
  opened(iid: number, author: string, sha: string): void {
    this.open({ iid, author: { username: author }, sha });
  }

  /** Merges it, as `commit`. */
  merged(iid: number, commit: string): void {
    const ledger = this.branches[this.change(iid, { state: "merged", merge_commit_sha: commit }).source_branch];
    if (ledger !== undefined) this.repository.project.write({ "revocations.yaml": ledger });
  }

  /** Closes it without. */
  closed(iid: number): void {
    this.change(iid, { state: "closed" });
  }

  private open(known: Pick<MergeRequest, "iid" | "author" | "sha"> & Partial<MergeRequest>): void {
    const nothing = { source_branch: "", title: "", description: "", merge_commit_sha: null, squash_commit_sha: null };
    this.mergeRequests.push({ state: "opened", ...nothing, ...known });
  }

  private change(iid: number, changes: Partial<MergeRequest>): MergeRequest {
    const index = this.mergeRequests.findIndex((mergeRequest) => mergeRequest.iid === iid);
    const changed = { ...(this.mergeRequests[index] as MergeRequest), ...changes };
    this.mergeRequests[index] = changed;
    return changed;
  }

  notes(iid: number): string {
    return this.posted[iid] ?? "";
  }

  /** The text of an artifact of the last pipeline. */
  artifact(file: string): string {
    return readFileSync(this.artifactFile(file), "utf8");
  }

  /** Where it is. */
  artifactFile(file: string): string {
    return join(this.state, String(this.pipelines), file);
  }

  /** Runs the pipeline's jobs, the manual ones too, one after the other, until one fails. */
  async run(pipeline: Pipeline): Promise<JobRun[]> {
    const {
      default: defaults,
      variables,
      stages,
      workflow,
      ...jobs
    } = parse(readFileSync(join(this.repository.project.folder, ".gitlab-ci.yml"), "utf8"));
    const api = await startServer((request, response) => this.answer(request, response));
    const shared: Record<string, string> = {
      ...variables,
      CI: "true",
      GITLAB_CI: "true",
      CI_API_V4_URL: api.url,
      CI_COMMIT_SHA: pipeline.sha,
      CI_DEFAULT_BRANCH: "main",
      CI_PIPELINE_CREATED_AT: new Date().toISOString(),
      CI_PIPELINE_SOURCE: pipeline.source,
      CI_PROJECT_ID: "42",
      GITLAB_USER_LOGIN: pipeline.user,
      GITLAB_TOKEN: "a token of GitLab",
      PULUMI_STACK: "test",
      ...pipeline.variables,
      ...(pipeline.mergeRequest
        ? {
            CI_MERGE_REQUEST_IID: String(pipeline.mergeRequest.iid),
            CI_MERGE_REQUEST_SOURCE_PROJECT_ID: pipeline.mergeRequest.fork ? "43" : "42",
          }
        : { CI_COMMIT_BRANCH: "main" }),
    };
    if (pipeline.payload) {
      shared.ALERTS_TOKEN = "a token for alerts";
      // A variable of the type file.
      shared.TRIGGER_PAYLOAD = join(dirname(this.state), "payload.json");
      writeFileSync(shared.TRIGGER_PAYLOAD, JSON.stringify(pipeline.payload));
    }
    const ledger = this.branches[this.mergeRequests.find(({ sha }) => sha === pipeline.sha)?.source_branch ?? ""];
    const applies = (rules: Job["rules"]) => rules.some((rule) => holds(rule.if, shared));
    const artifacts = join(this.state, String(++this.pipelines));
    const runs: JobRun[] = [];
    if (!applies(workflow.rules)) return runs;
    for (const [name, job] of Object.entries<Job & { stage: string }>(jobs).sort(inOrderOf(stages))) {
      if (!applies(job.rules)) continue;
      const folder = this.repository.checkOut();
      if (pipeline.mergeRequest && ledger !== undefined) writeFileSync(join(folder, "revocations.yaml"), ledger);
      if (existsSync(artifacts)) cpSync(artifacts, folder, { recursive: true });
      const DD_BEARER_TOKEN = this.repository.bearerTokens[job.environment?.name ?? ""]?.value ?? "";
      const ids = Object.entries(job.id_tokens ?? {}).map(([name, { aud }]) => [name, `for ${aud}`]);
      const env = { ...shared, ...Object.fromEntries(ids), DD_BEARER_TOKEN, CI_PROJECT_DIR: folder };
      const script = [...(job.before_script ?? defaults.before_script), ...job.script].join("\n");
      const { code, output } = await this.repository.run(script, folder, env);
      if (code === 0 || job.artifacts?.when === "always") {
        for (const file of globSync([...(job.artifacts?.paths ?? [])], { cwd: folder })) {
          cpSync(join(folder, file), join(artifacts, file), { recursive: true });
        }
      }
      runs.push({ job: name, succeeded: code === 0, output });
    }
    await api.stop();
    return runs;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const json = (body: unknown) => response.writeHead(body === undefined ? 404 : 200).end(JSON.stringify(body) ?? "");
    const found = (iid = "") => this.mergeRequests.find((mergeRequest) => mergeRequest.iid === Number(iid));
    const route = `${request.method} ${request.url}`;
    const routes: [RegExp, (...parts: string[]) => unknown][] = [
      [/^GET \/projects\/42\/merge_requests\/(\d+)$/, (iid) => json(found(iid))],
      [
        /^POST \/projects\/42\/merge_requests\/(\d+)\/notes$/,
        async (iid = "") => {
          const body = new URLSearchParams(await text(request)).get("body");
          this.posted[iid] = `${this.notes(Number(iid))}${body}\n`;
          json({ id: 1 });
        },
      ],
      [
        /^GET \/projects\/42\/repository\/commits\/(\w+)\/merge_requests$/,
        (commit) => json(this.mergeRequests.filter(({ merge_commit_sha }) => merge_commit_sha === commit)),
      ],
      [
        /^GET \/projects\/42\/jobs\/artifacts\/refs%2Fmerge-requests%2F\d+%2Fhead\/raw\/([\w-]+\.json)\?job=preview$/,
        (file = "") => {
          const [artifact] = globSync(join(this.state, "*", file));
          response.writeHead(artifact ? 200 : 404).end(artifact ? readFileSync(artifact) : "");
        },
      ],
    ];
    const { authorization } = request.headers;
    const ofAlerts = authorization === "Bearer a token for alerts";
    if (!ofAlerts && authorization !== "Bearer a token of GitLab") return void response.writeHead(401).end();
    if (ofAlerts) routes.push(...this.routesOfAlerts(request, response));
    for (const [pattern, act] of routes) {
      const match = pattern.exec(route);
      if (match) return void (await act(...match.slice(1)));
    }
    response.writeHead(500).end();
  }

  /** What takes the rights to push. */
  private routesOfAlerts(
    request: IncomingMessage,
    response: ServerResponse,
  ): [RegExp, (...parts: string[]) => unknown][] {
    const json = (body: unknown) => response.writeHead(200).end(JSON.stringify(body));
    const raw = (body: string | undefined) => response.writeHead(body === undefined ? 404 : 200).end(body ?? "");
    const main = () => readFileSync(join(this.repository.project.folder, "revocations.yaml"), "utf8");
    const open = (branch?: string) =>
      this.mergeRequests.find(({ state, source_branch }) => state === "opened" && source_branch === branch);
    return [
      [
        /^GET \/projects\/42\/merge_requests\?state=opened&source_branch=([\w/]+)&target_branch=main$/,
        // Forks have branches of every name.
        (branch) =>
          json(
            [
              { iid: 7, source_project_id: 43 },
              { ...open(branch), source_project_id: 42 },
            ].filter(({ iid }) => iid),
          ),
      ],
      [
        /^GET \/projects\/42\/repository\/files\/revocations\.yaml\/raw\?ref=([\w/]+)$/,
        (ref = "") => raw(ref === "main" ? main() : this.branches[ref]),
      ],
      [
        /^POST \/projects\/42\/repository\/commits$/,
        async () => {
          const { branch, start_branch, force, actions } = JSON.parse(await text(request));
          const [action, ...others] = actions;
          const isKnown = action.action === "update" && action.file_path === "revocations.yaml" && others.length === 0;
          // An existing branch is begun anew only by force.
          const isRight = start_branch === undefined ? branch in this.branches : start_branch === "main" && force;
          if (!isKnown || !isRight) return response.writeHead(400).end();
          this.branches[branch] = action.content;
          const sha = createHash("sha1").update(action.content).digest("hex");
          const mergeRequest = open(branch);
          if (mergeRequest) this.change(mergeRequest.iid, { sha });
          json({ id: sha });
        },
      ],
      [
        /^POST \/projects\/42\/merge_requests$/,
        async () => {
          const sent = new URLSearchParams(await text(request));
          const source_branch = sent.get("source_branch") ?? "";
          const sha = createHash("sha1")
            .update(this.branches[source_branch] ?? "")
            .digest("hex");
          this.open({
            iid: 101 + this.mergeRequests.length,
            author: { username: "project_42_bot" },
            sha,
            source_branch,
            title: sent.get("title") ?? "",
            description: sent.get("description") ?? "",
          });
          json({});
        },
      ],
      [/^GET \/projects\/(\d+\/jobs\/\d+\/artifacts\/.*)$/, (path = "") => raw(this.artifactsOfOthers[path])],
    ];
  }
}

function inOrderOf(stages: readonly string[]) {
  return ([, one]: [string, { stage: string }], [, other]: [string, { stage: string }]): number =>
    stages.indexOf(one.stage) - stages.indexOf(other.stage);
}

/** Whether a rule's condition holds; a variable that is missing equals nothing but another one. */
function holds(condition: string, variables: Record<string, string>): boolean {
  const script = condition.replace(/\$(\w+)/g, (_, name) => JSON.stringify(variables[name] ?? null));
  return Function(`return (${script});`)();
}
