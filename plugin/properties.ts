/** Properties as the engine and a provider hand them to each other. */
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

/** Properties without the wrappers around secrets, and which of them are secret, in whole or in part. */
export interface Properties {
  readonly values: Readonly<Record<string, unknown>>;
  readonly secrets: ReadonlySet<string>;
}

/** Marks an object that stands for a value of a special kind. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
/** The kind: a secret, in its property `value`. */
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

export function fromStruct(struct: Struct | undefined): Properties {
  const secrets = new Set<string>();
  const entries = Object.entries(struct?.toJavaScript() ?? {}).map(([name, value]) => [
    name,
    unwrap(value, () => secrets.add(name)),
  ]);
  return { values: Object.fromEntries(entries), secrets };
}

/** @param values JSON alone: what it cannot hold would fail, after the act */
export function toStruct(values: object, secrets: ReadonlySet<string> = new Set()): Struct {
  const entries = Object.entries(values).map(([name, value]) => [
    name,
    secrets.has(name) && value !== undefined ? { [SIGNATURE]: SECRET, value } : value,
  ]);
  return Struct.fromJavaScript(Object.fromEntries(entries) as Record<string, JavaScriptValue>);
}

function unwrap(value: unknown, onSecret: () => void): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => unwrap(each, onSecret));
  const fields = value as Readonly<Record<string, unknown>>;
  if (fields[SIGNATURE] === SECRET) {
    onSecret();
    return unwrap(fields.value, onSecret);
  }
  return Object.fromEntries(Object.entries(fields).map(([name, each]) => [name, unwrap(each, onSecret)]));
}
