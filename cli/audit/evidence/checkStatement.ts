import { plainLine, sentence } from "../../../provider/text/plainLine";
import type { Backend, StackName } from "../backends/backend";
import type { StackSource } from "../backends/stackSource";
import { collect } from "../collect";
import { type Comparison, compareEvidence, notCompared } from "./compareEvidence";
import { compareRecords } from "./compareRecords";
import type { KeptStatement } from "./readStatement";
import type { StackEvidence } from "./stackEvidence";

/** What `audit --check` found out; its JSON output is exactly this. */
export interface Check {
  readonly statement: {
    readonly file: string;
    readonly sha256: string;
    readonly madeBy: string;
    readonly records: number;
    /** Whether it is in an envelope for signatures. They are not checked. */
    readonly enveloped: boolean;
    /** The digest of the statement before this one; null: it names none. */
    readonly previous: string | null;
  };
  readonly stacks: readonly CheckedStack[];
  /** What is wrong with the statement's place in the chain, a sentence each. */
  readonly broken: readonly string[];
}

export interface CheckedStack extends Comparison {
  readonly stack: string;
}

/**
 * Compares a statement with what the backend holds now.
 *
 * @param previous the statement that should be the one before
 */
export async function checkStatement(
  file: string,
  kept: KeptStatement,
  previous: KeptStatement | undefined,
  backend: Backend,
): Promise<Check> {
  const { predicate, sha256, enveloped } = kept;
  const { stacks, report, tool } = predicate;
  const names: StackName[] = [];
  for (const project of new Set(stacks.map(({ project }) => project))) {
    names.push(...(await backend.stacks(project || undefined)));
  }
  const checked: CheckedStack[] = [];
  for (const evidence of stacks) {
    // Of the older layout, a stack's resources name the project: it is not shown as long as there are none.
    const name = names.find(({ shown, full }) => shown === evidence.stack || full === evidence.stack);
    const records = report.records.filter(({ stack }) => stack === evidence.stack);
    const comparison = name ? await checkStack(evidence, records, () => backend.open(name)) : gone(backend);
    checked.push({ stack: evidence.stack, ...comparison });
  }
  const named = predicate.previous?.sha256 ?? null;
  const madeBy = `${tool.name} ${tool.version}`;
  return {
    statement: { file, sha256, madeBy, records: report.records.length, enveloped, previous: named },
    stacks: checked,
    broken: previous === undefined || previous.sha256 === named ? [] : [brokenChain(named)],
  };
}

function gone({ description }: Backend): Comparison {
  const why = "it was removed or renamed, or pulumi is logged in to another backend";
  return { since: [], changed: [`it is not in ${plainLine(description)}: ${why}`], unchecked: [] };
}

const brokenChain = (named: string | null): string =>
  named === null
    ? "it names no statement before it, so the one that was given is not its previous one"
    : "the statement that was given is not its previous one: the digest differs";

async function checkStack(
  evidence: StackEvidence,
  records: KeptStatement["predicate"]["report"]["records"],
  open: () => Promise<StackSource>,
): Promise<Comparison> {
  try {
    const source = await open();
    const { report } = await collect([source]);
    const { since, changed, unchecked } = await compareEvidence(evidence, source);
    const isLost = unchecked.length > 0 || (source.checkpoint === undefined && since.length > 0);
    const compared = compareRecords(records, report.records, isLost);
    return {
      since,
      changed: [...changed, ...compared.changed].map(plainLine),
      unchecked: [...unchecked, ...compared.unchecked].map(plainLine),
    };
  } catch (error) {
    return notCompared(`it cannot be read: ${sentence(error)}`);
  }
}
