import * as v from "valibot";
import { redactTokenValues } from "../../provider/tokens/redact";
import type { Deployment } from "./auditReport";
import { timeOf } from "./storedValues";

/** One deployment of a stack's history, as far as it could be read. */
export interface HistoryEntry {
  /** Ordinal, oldest 1. */
  readonly version: number;
  /** Null: the entry is there, but cannot be read. */
  readonly deployment: Deployment | null;
  /** How many resources each operation concerned; null: history does not say. */
  readonly changes: Readonly<Record<string, number>> | null;
}

/** What others wrote, without token values. */
const Text = v.pipe(v.string(), v.transform(redactTokenValues));

/** As `pulumi stack history --json` prints it, and as a file backend stores it, with times in seconds since 1970. */
const Update = v.object({
  version: v.optional(v.number()),
  kind: Text,
  message: v.optional(Text, ""),
  startTime: v.union([v.string(), v.number()]),
  endTime: v.optional(v.nullable(v.union([v.string(), v.number()]))),
  result: v.optional(Text, "in-progress"),
  environment: v.optional(v.nullable(v.record(v.string(), Text))),
  resourceChanges: v.optional(v.nullable(v.record(v.string(), v.number()))),
  // Pulumi Cloud's own history has it. An odd one hides nothing else.
  requestedBy: v.optional(v.unknown()),
});

const Requester = v.object({
  name: v.fallback(Text, ""),
  githubLogin: v.fallback(Text, ""),
  email: v.fallback(Text, ""),
});

/**
 * @param ordinal its place in the history, oldest 1; Pulumi Cloud gives numbers of its own
 * @returns an entry without a deployment for a value that is not an entry
 */
export function toHistoryEntry(value: unknown, ordinal: number): HistoryEntry {
  const parsed = v.safeParse(Update, value);
  const startedAt = parsed.success ? time(parsed.output.startTime) : null;
  if (!parsed.success || startedAt === null) return { version: ordinal, deployment: null, changes: null };
  const { version: numbered, kind, message, endTime, result, environment, resourceChanges } = parsed.output;
  const version = Number.isSafeInteger(numbered) && (numbered as number) >= 1 ? (numbered as number) : ordinal;
  const env = environment ?? {};
  return {
    version,
    deployment: {
      version,
      kind,
      message,
      startedAt,
      endedAt: endTime ? time(endTime) : null,
      result,
      author: author(env),
      runner: requester(parsed.output.requestedBy) ?? (env["ci.system"] || null),
      reviewedPlan: flag(env.updatePlan),
      commit: env["git.head"] || null,
      uncommittedChanges: flag(env["git.dirty"]),
      branch: env["git.headName"]?.replace(/^refs\/heads\//, "") || null,
      buildUrl: link(env["ci.build.url"]),
      pullRequestUrl: pullRequestUrl(env, message),
    },
    changes: counted(resourceChanges ?? {}),
  };
}

/** A summary without a single resource, such as Pulumi Cloud has of a run that was killed, says nothing: not "none". */
function counted(changes: Readonly<Record<string, number>>): HistoryEntry["changes"] {
  return Object.values(changes).some((count) => count > 0) ? changes : null;
}

function time(value: string | number): string | null {
  const date = new Date(typeof value === "number" ? value * 1000 : value);
  return Number.isNaN(date.getTime()) ? null : timeOf(date.toISOString());
}

/** Who wrote the commit that was deployed: on a laptop, or in a merge, somebody else may have run it. */
function author(env: Readonly<Record<string, string>>): string | null {
  const [name, email] = env["git.author"]
    ? [env["git.author"], env["git.author.email"]]
    : [env["git.committer"], env["git.committer.email"]];
  return name ? withAddress(name, email) : null;
}

/** Who asked Pulumi Cloud for the update. */
function requester(value: unknown): string | null {
  const parsed = v.safeParse(Requester, value);
  if (!parsed.success) return null;
  const { name, githubLogin, email } = parsed.output;
  const known = name || githubLogin;
  return known ? withAddress(known, email) : email || null;
}

const withAddress = (name: string, email: string | undefined): string => (email ? `${name} <${email}>` : name);

/** @see https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/backend/updates.go */
function flag(text: string | undefined): boolean | null {
  return text === "true" ? true : text === "false" ? false : null;
}

/** Where a pull request lies at the hosts that Pulumi names. */
const PULL_REQUESTS: Readonly<Record<string, string>> = {
  "github.com": "pull",
  "gitlab.com": "-/merge_requests",
  "bitbucket.org": "pull-requests",
};

function pullRequestUrl(env: Readonly<Record<string, string>>, message: string): string | null {
  const { "vcs.kind": host = "", "vcs.owner": owner, "vcs.repo": repository } = env;
  const folder = PULL_REQUESTS[host];
  // After a merge the build is not the pull request's any more; GitHub's own messages name it.
  const merged = /^Merge pull request #(\d+) |\(#(\d+)\)$/.exec(message.split("\n", 1)[0] ?? "");
  const number = env["ci.pr.number"] || (host === "github.com" && (merged?.[1] ?? merged?.[2])) || undefined;
  if (!folder || !owner || !repository || !/^\d+$/.test(number ?? "")) return null;
  return link(`https://${host}/${owner}/${repository}/${folder}/${number}`);
}

/** Environment variables may hold any text: only what a browser opens safely is a link. */
function link(text: string | undefined): string | null {
  return text !== undefined && /^https?:\/\/\S+$/i.test(text) && URL.canParse(text) ? text : null;
}
