import { Refusal } from "./refusal";

/** The body of a request. @throws Refusal when it is not JSON. */
export function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal(400, "the body is not JSON");
  }
}

/** An object with these fields at most, as Datadog's specification lists them. */
export function objectIn<Field extends string>(
  value: unknown,
  name: string,
  fields: readonly Field[],
): Readonly<Partial<Record<Field, unknown>>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalidField(name, "an object");
  const known: readonly string[] = fields;
  const unknown = Object.keys(value).find((field) => !known.includes(field));
  if (unknown !== undefined) throw new Refusal(400, `unknown field "${unknown}" in ${name}`);
  return value as Readonly<Partial<Record<Field, unknown>>>;
}

export function invalidField(field: string, expected: string): Refusal {
  return new Refusal(400, `invalid field "${field}": expected ${expected}`);
}
