import { readFileSync } from "node:fs";
import { basename } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { checkArguments, parseToken, type TokenRevocationArgs } from "pulumi-datadog-revocation";
import { isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument, type YAMLMap } from "yaml";

/** A revocation that the ledger asks for. */
export interface Entry {
  /** The logical name of its resource, so that lines can move. */
  readonly tokenId: string;
  readonly args: TokenRevocationArgs;
}

type Report = (node: ParsedNode | null | undefined, problem: string) => void;

/**
 * Reads revocations.yaml.
 *
 * @throws pulumi.RunError with every problem of the file, each with its line and field; it never repeats a value
 */
export function readLedger(path: string): Entry[] {
  const file = basename(path);
  const lines = new LineCounter();
  const document = parseDocument(read(path), { lineCounter: lines });
  const problems: { line: number; text: string }[] = document.errors.map(({ pos, code }) => {
    const text = `not valid YAML: ${code.toLowerCase().replaceAll("_", " ")} (entries stand two spaces in, under revocations:)`;
    return { line: lines.linePos(pos[0]).line, text };
  });
  const report: Report = (node, text) => {
    problems.push({ line: lines.linePos(node?.range[0] ?? 0).line, text });
  };
  const entries = problems.length > 0 ? [] : readEntries(document.contents, report);
  if (problems.length > 0) {
    const inOrder = problems.toSorted((one, other) => one.line - other.line);
    throw new pulumi.RunError(inOrder.map(({ line, text }) => `${file}:${line}: ${text}`).join("\n"));
  }
  return entries;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new pulumi.RunError(`${basename(path)} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function readEntries(root: ParsedNode | null, report: Report): Entry[] {
  if (!isMap(root)) {
    report(root, "must hold revocations:, a list");
    return [];
  }
  for (const { key } of root.items) {
    if (!isScalar(key) || key.value !== "revocations") report(key, "the only field of the file is revocations");
  }
  const list = root.get("revocations", true) as ParsedNode | undefined;
  // Nothing behind the colon: every entry is commented out.
  if (isScalar(list) && list.value === null) return [];
  if (!isSeq(list)) {
    report(list ?? root, "revocations must be a list");
    return [];
  }
  const tokenIds = new Set<string>();
  return list.items.flatMap((item) => {
    const entry = readEntry(item as ParsedNode, report);
    if (!entry) return [];
    if (tokenIds.has(entry.tokenId)) report(item as ParsedNode, `token ${entry.tokenId} is listed before`);
    tokenIds.add(entry.tokenId);
    return [entry];
  });
}

function readEntry(item: ParsedNode, report: Report): Entry | undefined {
  if (!isMap(item)) {
    report(item, "an entry must be a map with tokenId or token");
    return undefined;
  }
  const args = fields(item);
  if (!args) {
    report(item, "the entry cannot be read: write out what it merges from elsewhere");
    return undefined;
  }
  const problems = checkArguments(args);
  for (const { path, problem } of problems) {
    const field = item.getIn(path.split("."), true);
    report((field as ParsedNode | undefined) ?? item, `${path} ${problem}`);
  }
  if (problems.length > 0) return undefined;
  if (args.token !== undefined && args.token.length > LONGEST_PUBLIC_PORTION) {
    const field = item.get("token", true) as ParsedNode;
    report(field, "token is a whole token value, a secret: leave only its public portion, ddpat_ and 22 characters");
    return undefined;
  }
  return { tokenId: args.tokenId?.toLowerCase() ?? parseToken(args.token ?? "").tokenId, args };
}

const LONGEST_PUBLIC_PORTION = "ddpat_".length + 22;

/** What stands in an entry; undefined where its merges lead nowhere, which YAML finds out only here. */
function fields(map: YAMLMap): (TokenRevocationArgs & { tokenId?: string; token?: string }) | undefined {
  try {
    return map.toJSON();
  } catch {
    return undefined;
  }
}
