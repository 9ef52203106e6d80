import { type Fields, isObject, isSecret } from "./storedValues";

/** What state says of the act that a record came of. */
export interface StoredAct {
  /** Null: state has none, as that of release 0.1.0, or it cannot be read. Its values are unchecked. */
  readonly fields: Fields | null;
  /** Why it cannot be read, where there is one: a sentence without its end. */
  readonly problem?: string;
}

const NONE: StoredAct = { fields: null };
const SECRET: StoredAct = { fields: null, problem: "the act is a secret" };
const MISSING: StoredAct = { fields: null, problem: "the act is missing" };
const ODD: StoredAct = { fields: null, problem: "the act has a shape that this version does not know" };

/**
 * The act of a record: beside it where it stands alone, else where it points to.
 *
 * @param outputs of the resource
 * @param record one of the resource's list; undefined where the resource is the record
 */
export function readAct(outputs: Fields, record: Fields | undefined): StoredAct {
  if (!record) return outputs.act === undefined ? NONE : toAct(outputs.act);
  const { act: index } = record;
  if (index === undefined) return NONE;
  if (isSecret(index) || isSecret(outputs.acts)) return SECRET;
  if (typeof index !== "number" || !Number.isSafeInteger(index) || index < 0) return ODD;
  const act: unknown = Array.isArray(outputs.acts) ? outputs.acts[index] : undefined;
  return act === undefined ? MISSING : toAct(act);
}

function toAct(act: unknown): StoredAct {
  if (isSecret(act)) return SECRET;
  return isObject(act) ? { fields: act } : ODD;
}
