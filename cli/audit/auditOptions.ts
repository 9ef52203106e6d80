import { statSync } from "node:fs";
import { extname } from "node:path";
import { ALSO_A_SCOPE } from "../../provider/datadog/advice";
import { redactTokenValues } from "../../provider/tokens/redact";
import { isUuid, parseToken, TokenSyntaxError } from "../../provider/tokens/tokenIds";
import { type Options, oneOf, parseOptions } from "../options";
import { UsageError } from "../usageError";
import { type Condition, readCondition } from "./conditions";
import { demandFitting, EVIDENCE_OPTIONS } from "./evidence/evidenceOptions";

/** The formats of the report itself. */
export const REPORT_FORMATS = ["table", "json", "csv", "markdown", "html"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];
export const FORMATS = [...REPORT_FORMATS, "intoto"] as const;
export type Format = (typeof FORMATS)[number];

/** What the name of the file to be written says of the format that is meant. */
const FORMAT_OF_ENDING: Readonly<Record<string, ReportFormat>> = {
  ".html": "html",
  ".htm": "html",
  ".json": "json",
  ".csv": "csv",
  ".md": "markdown",
  ".markdown": "markdown",
};

const OUTCOMES = ["revoked", "alreadyRevoked"] as const;
/** What the user asked for. */
export interface AuditOptions {
  readonly stacks: readonly string[];
  readonly project: string | undefined;
  /** Every stack of the backend, whatever its project. */
  readonly allProjects: boolean;
  /** Absolute or relative: where the project is looked for. */
  readonly folder: string;
  readonly filter: Filter;
  /** The filter's options → their values as typed, but for what is secret in a token value. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
  readonly failOn: readonly Condition[];
  readonly format: Format;
  /** Undefined: standard output. */
  readonly output: string | undefined;
  readonly verify: boolean;
  readonly auditTrail: boolean;
  /** Further files that the report is written to. */
  readonly reports: readonly { readonly file: string; readonly format: ReportFormat }[];
  /** A statement's file: the one before. */
  readonly previous: string | undefined;
  /** A statement's file, to be checked instead of making a report. */
  readonly check: string | undefined;
}

/** Which records are shown; of several values of one kind, any will do. */
export interface Filter {
  /** Milliseconds since 1970, inclusive. */
  readonly since: number;
  /** The same, exclusive. */
  readonly until: number;
  readonly tokenIds: readonly string[];
  readonly owners: readonly string[];
  readonly tickets: readonly string[];
  readonly outcomes: readonly string[];
}

const text = { type: "string" } as const;
const texts = { type: "string", multiple: true } as const;
const flag = { type: "boolean", default: false } as const;

const read = { group: "Which stacks are read" } as const;
const filter = {
  group: "Which records are shown (if an option is given several times, any of its values will do)",
} as const;
const ask = {
  group:
    "What Datadog says (credentials: DD_BEARER_TOKEN, or DD_API_KEY and DD_APP_KEY; DD_SITE or DD_HOST; or the stack's own)",
} as const;
const output = { group: "Output" } as const;

export const AUDIT_OPTIONS = {
  stack: {
    ...read,
    ...texts,
    placeholder: "NAME",
    description: "read this stack; may be repeated (default: all of the project's)",
  },
  project: {
    ...read,
    ...text,
    placeholder: "NAME",
    description: "read the stacks of this project (default: the folder's project)",
  },
  "all-projects": {
    ...read,
    ...flag,
    description: "read every stack of the backend, of all projects; needs no project's folder",
  },
  cwd: { ...read, ...text, default: ".", placeholder: "FOLDER", description: "the project's folder, or one in it" },
  since: {
    ...filter,
    ...text,
    placeholder: "TIME",
    description: "only what was revoked at this time or later: 2026-11-24, or 2026-11-24T09:30:00Z",
  },
  until: {
    ...filter,
    ...text,
    placeholder: "TIME",
    description: "only what was revoked at this time or earlier; a day counts whole",
  },
  token: { ...filter, ...texts, placeholder: "ID", description: "only this token: its id or public portion" },
  owner: { ...filter, ...texts, placeholder: "WHO", description: "only tokens of this owner: id, address or name" },
  ticket: { ...filter, ...texts, placeholder: "TICKET", description: "only revocations with this ticket" },
  outcome: { ...filter, ...texts, placeholder: "WHAT", values: OUTCOMES, description: "only this outcome" },
  verify: {
    ...ask,
    ...flag,
    description:
      "ask whether any of the tokens is still alive; needs the permission org_app_keys_read, and for service accounts' tokens " +
      `service_account_write or org_app_keys_read ${ALSO_A_SCOPE}`,
  },
  "datadog-audit-trail": {
    ...ask,
    ...flag,
    description: `ask Datadog's Audit Trail who sent which DELETE; needs the permission audit_logs_read ${ALSO_A_SCOPE}`,
  },
  format: {
    ...output,
    ...text,
    placeholder: "FORMAT",
    values: FORMATS,
    description: "without this, as the ending of --output says (.html, .json, .csv, .md), else table",
  },
  output: {
    ...output,
    ...text,
    placeholder: "FILE",
    description: "write the report to this file, whole or not at all",
  },
  "fail-on": {
    ...output,
    ...texts,
    placeholder: "WHAT",
    description:
      "end with status 1 if this applies to anything shown; may be repeated: alreadyRevoked, unverified (not seen gone), " +
      "slow:24h (longer from report or leak to revocation), pending (an interrupted run), failed, alive, usedAfterLeak " +
      "(used after Datadog found it leaked), usedAfterReport (used after it was reported)",
  },
  ...EVIDENCE_OPTIONS,
} as const satisfies Options;

/** @throws UsageError */
export function readOptions(args: readonly string[]): AuditOptions {
  const options = parseOptions(args, AUDIT_OPTIONS);
  const since = options.since === undefined ? Number.NEGATIVE_INFINITY : time("since", options.since).from;
  const until = options.until === undefined ? Number.POSITIVE_INFINITY : time("until", options.until).to;
  if (since >= until) throw new UsageError("--since is later than --until. Swap them.");
  if (options["all-projects"] && (options.stack !== undefined || options.project !== undefined)) {
    throw new UsageError(
      "--all-projects takes every stack of the backend. Leave out --project and --stack, or take those.",
    );
  }
  if (!isFolder(options.cwd)) throw new UsageError("--cwd takes a folder that exists.");
  const format = formatOfOutput(options);
  demandFitting(options, format, AUDIT_OPTIONS);
  return {
    stacks: options.stack ?? [],
    project: options.project,
    allProjects: options["all-projects"],
    folder: options.cwd,
    filter: {
      since,
      until,
      tokenIds: (options.token ?? []).map(tokenId),
      owners: (options.owner ?? []).map((owner) => owner.toLowerCase()),
      tickets: (options.ticket ?? []).map((ticket) => ticket.toLowerCase()),
      outcomes: (options.outcome ?? []).map((outcome) => oneOf("outcome", outcome, OUTCOMES)),
    },
    filters: typed(options),
    failOn: (options["fail-on"] ?? []).flatMap((list) => list.split(",")).map(readCondition),
    format,
    output: options.output,
    verify: options.verify,
    auditTrail: options["datadog-audit-trail"],
    reports: (options.report ?? []).map((file) => ({ file, format: formatOfReport(file) })),
    previous: options.previous,
    check: options.check,
  };
}

/** In the order in which the help has them. */
function typed(options: Readonly<Record<string, unknown>>): Record<string, string[]> {
  const given = ["since", "until", "token", "owner", "ticket", "outcome"].flatMap((option) => {
    const values = [options[option] ?? []].flat().map((value) => redactTokenValues(String(value)));
    return values.length === 0 ? [] : [[option, values] as const];
  });
  return Object.fromEntries(given);
}

function formatOfOutput({ format, output = "" }: { readonly format?: string; readonly output?: string }): Format {
  if (format !== undefined) return oneOf("format", format, FORMATS);
  return endingOf(output) ?? "table";
}

function formatOfReport(file: string): ReportFormat {
  const format = endingOf(file);
  if (format === undefined) throw new UsageError("--report takes a file that ends in .html, .json, .csv or .md.");
  return format;
}

function endingOf(file: string): ReportFormat | undefined {
  return FORMAT_OF_ENDING[extname(file).toLowerCase()];
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** The span that was typed: a day counts whole, from its first millisecond to its last. */
function time(option: string, typed: string): { from: number; to: number } {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(typed);
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i.test(typed);
  const from = isDay || isTime ? Date.parse(typed) : Number.NaN;
  if (Number.isNaN(from) || (isDay && !new Date(from).toISOString().startsWith(typed))) {
    throw new UsageError(`--${option} takes a day like 2026-11-24, or a time like 2026-11-24T09:30:00Z.`);
  }
  return { from, to: from + (isDay ? 86_400_000 : 1) };
}

function tokenId(typed: string): string {
  if (isUuid(typed)) return typed.toLowerCase();
  try {
    return parseToken(typed).tokenId;
  } catch (error) {
    if (error instanceof TokenSyntaxError) throw new UsageError("--token takes a token's id or its public portion.");
    throw error;
  }
}
