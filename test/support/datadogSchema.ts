import Ajv, { type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

/**
 * What Datadog's specification says of the answers that the simulator gives: written from the models of its Go client
 * 2.67.0, and knowing nothing of the simulator. Stricter in two ways: a field that the specification has not is an
 * error, and so is one that it makes optional and all recordings have.
 */

type Schema = Readonly<Record<string, unknown>>;

/** An object with just these fields; a name that ends in `?` may be left out. */
function object(fields: Readonly<Record<string, Schema>>): Schema {
  const names = Object.keys(fields);
  return {
    type: "object",
    additionalProperties: false,
    required: names.filter((name) => !name.endsWith("?")),
    properties: Object.fromEntries(names.map((name) => [name.replace(/\?$/, ""), fields[name]])),
  };
}

const array = (items: Schema, more: Schema = {}): Schema => ({ type: "array", items, ...more });
const one = (...values: string[]): Schema => ({ enum: values });
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: "null" }] });

const text: Schema = { type: "string" };
const filled: Schema = { type: "string", minLength: 1 };
const flag: Schema = { type: "boolean" };
const count: Schema = { type: "integer", minimum: 0 };
const uuid: Schema = { type: "string", pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" };
const time: Schema = { type: "string", format: "date-time", pattern: "Z$" };
/** With so many digits of fraction, as recorded. */
const timeWith = (digits: number): Schema => ({
  ...time,
  pattern: `^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{${digits}}Z$`,
});
/** Without zeros at the end of its fraction, as recorded. */
const trimmedTime: Schema = { ...time, pattern: ":\\d\\d(\\.\\d*[1-9])?Z$" };

const resource = (type: string, fields: Readonly<Record<string, Schema>>): Schema =>
  object({ type: one(type), id: uuid, ...fields });
const reference = (...types: string[]): Schema => object({ id: uuid, type: one(...types) });

// Tokens

const ALIAS = "[0-9A-Za-z]{22}";

interface Kind {
  readonly type: "personal_access_tokens" | "service_access_tokens";
  readonly owner: "users" | "service_account";
  readonly portion: string;
  readonly key: string;
}

const PERSONAL: Kind = {
  type: "personal_access_tokens",
  owner: "users",
  portion: `^${ALIAS}$`,
  key: `^ddpat_${ALIAS}_[0-9A-Za-z]{36}$`,
};

const SERVICE: Kind = {
  type: "service_access_tokens",
  owner: "service_account",
  portion: `^ddsat_${ALIAS}$`,
  key: `^ddsat_${ALIAS}_[0-9A-Za-z]{36}$`,
};

const commonAttributes = ({ portion }: Kind, createdAt: Schema) => ({
  name: text,
  public_portion: { type: "string", pattern: portion },
  scopes: array(filled, { minItems: 1 }),
  created_at: createdAt,
  expires_at: orNull(trimmedTime),
});

const ownedBy = ({ owner }: Kind) => ({ owned_by: object({ data: reference(owner) }) });

/** PersonalAccessToken, ServiceAccessToken and AccessTokenListItem; Updated… when nothing of leaks is said. */
const token = (kind: Kind, leaks: "told" | "untold"): Schema =>
  resource(kind.type, {
    attributes: object({
      ...commonAttributes(kind, timeWith(6)),
      last_used_at: orNull(time),
      "modified_at?": timeWith(6),
    }),
    relationships: object({
      ...ownedBy(kind),
      ...(leaks === "told" && { leak_information: object({ data: orNull(reference("leaked_keys")) }) }),
    }),
  });

/** FullPersonalAccessToken, FullServiceAccessToken */
const created = (kind: Kind): Schema =>
  resource(kind.type, {
    attributes: object({ ...commonAttributes(kind, timeWith(9)), key: { type: "string", pattern: kind.key } }),
    relationships: object(ownedBy(kind)),
  });

const leakedKey = resource("leaked_keys", { attributes: object({ date: time, "leak_source?": text }) });
const included = array(leakedKey, { uniqueItems: true });

const tokenDocument = (kind: Kind, leaks: "told" | "untold"): Schema =>
  object({ data: token(kind, leaks), ...(leaks === "told" && { included }) });

const tokenList = (kinds: readonly Kind[], leaks: "told" | "untold"): Schema =>
  object({
    data: array({ anyOf: kinds.map((kind) => token(kind, leaks)) }, { maxItems: 100 }),
    ...(leaks === "told" && { included }),
    meta: object({ page: object({ total_filtered_count: count }) }),
  });

// Users

const user = resource("users", {
  attributes: object({
    uuid,
    name: orNull(text),
    handle: filled,
    email: filled,
    created_at: time,
    modified_at: time,
    icon: text,
    title: orNull(text),
    verified: flag,
    disabled: flag,
    service_account: flag,
    mfa_enabled: flag,
    status: one("Active", "Pending", "Disabled"),
    "last_login_time?": orNull(time),
  }),
  relationships: object({
    org: object({ data: reference("orgs") }),
    roles: object({ data: array(reference("roles")) }),
  }),
});

const organization = resource("orgs", {
  attributes: object({
    name: filled,
    public_id: filled,
    created_at: time,
    modified_at: time,
    disabled: flag,
    sharing: text,
    url: orNull(text),
    "description?": orNull(text),
  }),
});

const role = resource("roles", {
  attributes: object({ name: filled, created_at: time, modified_at: time, "user_count?": count }),
  relationships: object({ permissions: object({ data: array(reference("permissions")) }) }),
});

const permission = resource("permissions", {
  attributes: object({
    name: filled,
    display_name: filled,
    description: text,
    created: time,
    group_name: text,
    display_type: one("read", "write", "other"),
    restricted: flag,
    "name_aliases?": array(text),
  }),
});

const besideUsers = array({ anyOf: [organization, role, permission] }, { uniqueItems: true });
const page = object({ page: object({ total_count: count, total_filtered_count: count }) });

// The Audit Trail

const auditEvent = object({
  id: filled,
  type: one("audit"),
  attributes: object({
    attributes: { type: "object" },
    timestamp: time,
    "service?": text,
    "message?": text,
    "tags?": array(text),
  }),
});

const auditAnswer = object({
  data: array(auditEvent, { maxItems: 1000 }),
  "links?": object({ "next?": text }),
  meta: object({
    status: one("done", "timeout"),
    "elapsed?": count,
    "request_id?": text,
    "page?": object({ after: filled }),
    "warnings?": array(object({ "code?": text, "title?": text, "detail?": text })),
  }),
});

// Errors: APIErrorResponse, and JSONAPIErrorResponse where a request is not valid.

const errorText = object({ errors: array(filled, { minItems: 1 }) });
const errorObjects = object({
  errors: array(object({ status: text, title: filled, detail: filled }), { minItems: 1 }),
});

const SCHEMAS = {
  personalToken: tokenDocument(PERSONAL, "untold"),
  personalTokenWithLeak: tokenDocument(PERSONAL, "told"),
  serviceToken: tokenDocument(SERVICE, "untold"),
  serviceTokenWithLeak: tokenDocument(SERVICE, "told"),
  createdPersonalToken: object({ data: created(PERSONAL) }),
  createdServiceToken: object({ data: created(SERVICE) }),
  tokenList: tokenList([PERSONAL, SERVICE], "untold"),
  tokenListWithLeaks: tokenList([PERSONAL, SERVICE], "told"),
  serviceTokenList: tokenList([SERVICE], "untold"),
  serviceTokenListWithLeaks: tokenList([SERVICE], "told"),
  user: object({ data: user, included: besideUsers }),
  userList: object({ data: array(user), included: besideUsers, meta: page }),
  auditSearch: auditAnswer,
  error: { anyOf: [errorText, errorObjects] },
} as const satisfies Readonly<Record<string, Schema>>;

export type SchemaName = keyof typeof SCHEMAS;

const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false });
addFormats(ajv);
const compiled = new Map<SchemaName, ValidateFunction>();

/** What is wrong with an answer's body; nothing when it is as the specification says. */
export function problemsOf(name: SchemaName, body: unknown): string[] {
  const validate = compiled.get(name) ?? ajv.compile(SCHEMAS[name]);
  compiled.set(name, validate);
  return validate(body) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
