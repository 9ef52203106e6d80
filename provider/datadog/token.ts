/**
 * One access token, read from Datadog's description of it. By the specification every attribute and relationship may be
 * missing, and any may get a new shape: what is not understood makes the token unknown in that respect alone.
 *
 * @see https://docs.datadoghq.com/api/latest/key-management/
 */
import * as v from "valibot";
import { PUBLIC_PORTION, type TokenKind } from "../tokens/syntax";
import { Timestamp, TokenId } from "./answers";

/** Where and when Datadog itself found a token. */
export interface Leak {
  /** RFC 3339, UTC. Absent: Datadog did not say. */
  readonly detectedAt?: string;
  /** As Datadog names it. Absent: Datadog did not say. */
  readonly source?: string;
}

/** One access token, personal or service: never its value. What is absent Datadog did not say in a way that is known. */
export interface Token {
  /** UUID, lowercase. */
  readonly tokenId: string;
  /** Whose it is: a person's or a service account's. */
  readonly kind: TokenKind | undefined;
  readonly name: string | undefined;
  /** The id is a UUID, of a user or a service account. */
  readonly owner: { readonly id: string; readonly type: "users" | "service_account" } | undefined;
  readonly scopes: readonly string[] | undefined;
  /** RFC 3339, UTC, as all times. */
  readonly createdAt: string | undefined;
  /** Null: never expires. */
  readonly expiresAt: string | null | undefined;
  /** Null: never used. */
  readonly lastUsedAt: string | null | undefined;
  /** Null: no leak is known. Absent: this site of Datadog's may not tell of leaks. */
  readonly leak: Leak | null | undefined;
  /** Whether Datadog knows it as revoked. */
  readonly isRevoked: boolean;
  /** What is missing or not as documented, by the paths in Datadog's answer. */
  readonly unclear: readonly string[];
}

/** Whether Datadog knows a token, and not as a revoked one. */
export function isAlive(token: Token | undefined): token is Token {
  return token !== undefined && !token.isRevoked;
}

const Time = v.pipe(
  Timestamp,
  v.transform((text) => new Date(text).toISOString()),
);

const Owner = v.object({
  // A service account's becomes part of the path, too.
  id: v.pipe(v.string(), v.regex(/^[\w-]+$/)),
  type: v.picklist(["users", "service_account"]),
});

const Extra = v.nullish(v.string());

/** The relationship tells whether there is a leak; what stands in `included` only tells more of it. */
const LeakReference = v.nullable(v.object({ type: v.literal("leaked_keys"), id: v.string() }));
type LeakReference = v.InferOutput<typeof LeakReference>;

/**
 * @param row one token of an answer's `data`
 * @param included what the answer has of other things
 * @returns undefined for what has no token id
 */
export function readToken(row: unknown, included: unknown): Token | undefined {
  const id = v.safeParse(TokenId, at(row, "id"));
  if (!id.success) return undefined;

  const unclear: string[] = [];
  const read = <Schema extends v.GenericSchema>(schema: Schema, path: string, from: unknown = row) => {
    const parsed = v.safeParse(schema, at(from, path));
    if (parsed.success) return parsed.output as v.InferOutput<Schema>;
    unclear.push(path);
    return undefined;
  };
  const readLeak = (reference: LeakReference): Leak | null => {
    if (reference === null) return null;
    const isMeant = (each: unknown) => at(each, "type") === reference.type && at(each, "id") === reference.id;
    const details = { included: Array.isArray(included) ? included.find(isMeant) : undefined };
    const detectedAt = read(Time, "included.attributes.date", details);
    const source = read(Extra, "included.attributes.leak_source", details);
    return { ...(detectedAt !== undefined && { detectedAt }), ...(source != null && { source }) };
  };

  // Recorded of tokens is the revoker alone; the others are how Datadog tells of revoked API keys.
  const isRevoked = (): boolean =>
    read(v.nullish(v.pipe(v.string(), v.nonEmpty())), "attributes.revoker_uuid") != null ||
    read(v.nullish(Time), "attributes.revoked_at") != null ||
    read(Extra, "attributes.status")?.toLowerCase() === "revoked";

  const owner = read(Owner, "relationships.owned_by.data");
  // Absent is no oddity: sites that do not tell of leaks yet leave it out.
  const isLeakTold = at(row, "relationships.leak_information") !== undefined;
  const reference = isLeakTold ? read(LeakReference, "relationships.leak_information.data") : undefined;
  return {
    tokenId: id.output,
    kind: kindOf(owner, at(row, "attributes.public_portion")),
    name: read(v.string(), "attributes.name"),
    owner,
    scopes: read(v.array(v.string()), "attributes.scopes")?.toSorted(),
    createdAt: read(Time, "attributes.created_at"),
    expiresAt: read(v.nullable(Time), "attributes.expires_at"),
    lastUsedAt: read(v.nullable(Time), "attributes.last_used_at"),
    leak: reference === undefined ? undefined : readLeak(reference),
    isRevoked: isRevoked(),
    unclear,
  };
}

function kindOf(owner: Token["owner"], portion: unknown): TokenKind | undefined {
  if (owner) return owner.type === "service_account" ? "service" : "personal";
  // A portion's `ddpat_` proves nothing: service accounts' tokens have carried it.
  return PUBLIC_PORTION.exec(String(portion))?.[1] === "s" ? "service" : undefined;
}

/** What stands in an answer at a path like `attributes.name`. */
export function at(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce((part, key) => (typeof part === "object" && part !== null ? Reflect.get(part, key) : undefined), value);
}
