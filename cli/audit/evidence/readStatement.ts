import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { plainLine } from "../../../provider/text/plainLine";
import { whyUnread } from "../../output";
import { toJsonText } from "../../safeJson";
import { UsageError } from "../../usageError";
import { digestOf } from "../backends/digest";
import { PREDICATE, PREDICATE_TYPE, STATEMENT_TYPE } from "./statement";

const Digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const StackShape = v.object({
  stack: v.string(),
  project: v.string(),
  backend: v.string(),
  read: v.array(
    v.object({
      kind: v.picklist(["state", "historyEntry", "oldState"]),
      version: v.nullable(v.pipe(v.number(), v.safeInteger())),
      name: v.string(),
      sha256: Digest,
    }),
  ),
});

const Shape = v.object({
  subject: v.pipe(
    v.array(v.object({ name: v.optional(v.string(), "_"), digest: v.record(v.string(), v.string()) })),
    v.minLength(1),
  ),
  predicate: v.object({
    tool: v.object({ name: v.string(), version: v.string() }),
    previous: v.nullable(v.object({ sha256: Digest })),
    stacks: v.pipe(v.array(StackShape), v.minLength(1)),
    report: v.looseObject({
      stacks: v.array(v.looseObject({ stack: v.string() })),
      records: v.array(
        v.looseObject({
          tokenId: v.string(),
          stack: v.string(),
          revokedAt: v.string(),
          unknown: v.optional(v.unknown()),
        }),
      ),
    }),
  }),
});

/** A statement, as somebody kept it: its form is right, and it holds the report whose digest it states. */
export interface KeptStatement extends v.InferOutput<typeof Shape> {
  /** Of what `--format intoto` wrote, wherever it is kept. */
  readonly sha256: string;
  /** Whether it was in an envelope for signatures (DSSE), or a Sigstore bundle. */
  readonly enveloped: boolean;
}

/** @see https://github.com/secure-systems-lab/dsse/blob/master/envelope.md */
const Envelope = v.object({ payloadType: v.literal("application/vnd.in-toto+json"), payload: v.string() });
/** @see https://docs.sigstore.dev/about/bundle/ */
const Bundle = v.object({ dsseEnvelope: Envelope });

/**
 * Reads what `audit --format intoto` wrote: as it is, or in an envelope. Signatures are not checked.
 *
 * @throws UsageError that says what is wrong with it
 */
export async function readStatement(file: string): Promise<KeptStatement> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new UsageError(`Cannot read ${plainLine(file)}: ${whyUnread(error)}.`);
  });
  try {
    return parseStatement(bytes.toString("utf8"));
  } catch (error) {
    throw new UsageError(`${plainLine(file)} ${plainLine(String((error as Error).message))}`);
  }
}

/** @throws Error whose message is what follows the file's name in a sentence */
export function parseStatement(text: string): KeptStatement {
  const lines = text.trim().split("\n");
  // `gh attestation download` writes every attestation of a file, one a line.
  const isLines = lines.length > 1 && lines.every((line) => line.startsWith("{") && line.endsWith("}"));
  if (!isLines) return checked(opened(text));
  const ours = lines.map(opened).filter(({ value }) => predicateTypeOf(value) === PREDICATE_TYPE);
  const [only] = ours;
  if (!only) throw new Error("holds no statement about an audit. Give what audit --format intoto wrote.");
  if (ours.length > 1)
    throw new Error(`holds ${ours.length} statements about audits, one a line. Give one of the lines.`);
  return checked(only);
}

/** What stands in the envelope, where there is one. */
interface Opened {
  readonly value: unknown;
  readonly enveloped: boolean;
}

function opened(text: string): Opened {
  const value = parsed(text, "is not JSON. Give what audit --format intoto wrote.");
  const bundle = v.safeParse(v.union([Bundle, Envelope]), value);
  if (!bundle.success) return { value, enveloped: false };
  const { payload } = "payload" in bundle.output ? bundle.output : bundle.output.dsseEnvelope;
  const inner = Buffer.from(payload, "base64").toString("utf8");
  return { value: parsed(inner, "is damaged: the payload of its envelope is not JSON."), enveloped: true };
}

const predicateTypeOf = (value: unknown): unknown => (value as { predicateType?: unknown } | null)?.predicateType;

function parsed(text: string, problem: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(problem);
  }
}

function checked({ value, enveloped }: Opened): KeptStatement {
  const predicateType = predicateTypeOf(value);
  if ((value as { _type?: unknown } | null)?._type !== STATEMENT_TYPE) {
    throw new Error(
      `is not an in-toto statement of version 1: its _type is not ${STATEMENT_TYPE}. ` +
        "(cosign attest-blob makes older ones of --predicate; give it --statement.)",
    );
  }
  if (predicateType !== PREDICATE_TYPE) {
    const isOurs = typeof predicateType === "string" && predicateType.startsWith(PREDICATE);
    throw new Error(
      isOurs
        ? "was made by a later release of pulumi-datadog-revocation: use that one."
        : `is a statement about something else: its predicateType is not ${PREDICATE_TYPE}.`,
    );
  }
  const shaped = v.safeParse(Shape, value);
  if (!shaped.success)
    throw new Error(`is damaged: ${v.getDotPath(shaped.issues[0]) ?? "it"} is missing or not valid.`);
  const { subject, predicate } = shaped.output;
  // As it stands there: the shape would put the fields into its own order.
  const { report } = (value as { predicate: { report: unknown } }).predicate;
  const digest = digestOf(toJsonText(report));
  if (!subject.some(({ digest: { sha256 } }) => sha256 === digest)) {
    throw new Error(
      "was changed after it was made: the digest of the report in it is not that of any of its subjects. " +
        "(Tools that sort the fields of JSON do that too.)",
    );
  }
  const names = predicate.stacks.map(({ stack }) => stack);
  const isWhole =
    JSON.stringify(names) === JSON.stringify(predicate.report.stacks.map(({ stack }) => stack)) &&
    new Set(names).size === names.length &&
    predicate.report.records.every(({ stack }) => names.includes(stack));
  if (!isWhole) throw new Error("is damaged: its report is of other stacks than its digests.");
  return { ...shaped.output, sha256: digestOf(toJsonText(value)), enveloped };
}
