import { type Answer, json } from "./answer";
import { type ApiRequest, uuidOf } from "./apiRequest";
import type { Account } from "./organization";
import { PAGE_PARAMETERS, pageOf } from "./paging";
import { demand } from "./permissions";
import { checkQuery, oneOf } from "./queryParameters";
import { invalidParameter, Refusal } from "./refusal";
import { organizationResource, userDocument, userResource } from "./userResource";
import type { UserListDocument } from "./wireTypes";

/** `GET /api/v2/current_user`: any valid credentials will do. */
export function getCurrentUser({ organization, caller, query }: ApiRequest): Answer {
  checkQuery(query, {});
  return json(userDocument(caller.owner, organization));
}

/** `GET /api/v2/users/{user_id}`: users and service accounts. */
export function getUser(request: ApiRequest): Answer {
  const { organization, caller, query } = request;
  demand(caller, "user_access_read");
  checkQuery(query, {});
  const account = organization.accounts.get(uuidOf(request, "user_id"));
  if (account === undefined) throw new Refusal(404, "there is no such user");
  return json(userDocument(account, organization));
}

/** `GET /api/v2/users`: users and service accounts; `filter` is a part of the name, the handle or the address. */
export function listUsers(request: ApiRequest): Answer {
  const { organization, caller, query } = request;
  demand(caller, "user_access_read");
  checkQuery(query, { once: [...PAGE_PARAMETERS, "sort", "sort_dir", "filter", "filter[status]"] });
  const text = (query.get("filter") ?? "").toLowerCase();
  const accounts = [...organization.accounts.values()];
  const isWanted = isActiveWanted(query);
  const found = accounts.filter(
    ({ name, handle, email }) => isWanted && [name, handle, email].some((field) => field.toLowerCase().includes(text)),
  );
  const page = pageOf(sorted(found, query), query);
  const document: UserListDocument = {
    data: page.map((account) => userResource(account, organization)),
    included: [organizationResource(organization)],
    meta: { page: { total_count: accounts.length, total_filtered_count: found.length } },
  };
  return json(document);
}

const STATUSES = ["Active", "Pending", "Disabled"];

/** `filter[status]` is a comma-separated list. Everybody here is active. */
function isActiveWanted(query: URLSearchParams): boolean {
  const wanted = query.get("filter[status]")?.split(",");
  if (wanted === undefined) return true;
  if (!wanted.every((status) => STATUSES.includes(status)))
    throw invalidParameter("filter[status]", STATUSES.join(", "));
  return wanted.includes("Active");
}

/** What the specification names. Which count `user_count` means it does not say: it is the same for everybody here. */
const SORT_KEYS = new Map<string, (account: Account) => string>([
  ["name", ({ name }) => name],
  ["modified_at", ({ createdAt }) => createdAt],
  ["user_count", () => ""],
]);

function sorted(accounts: readonly Account[], query: URLSearchParams): readonly Account[] {
  const descending = oneOf(query, "sort_dir", ["asc", "desc"]) === "desc";
  const sort = query.get("sort") ?? "name";
  const key = SORT_KEYS.get(sort.replace(/^-/, ""));
  if (key === undefined) throw invalidParameter("sort", [...SORT_KEYS.keys()].join(", "));
  const direction = descending !== sort.startsWith("-") ? -1 : 1;
  return accounts.toSorted((one, other) => direction * compare(key(one), key(other)));
}

const compare = (one: string, other: string): number => Number(one > other) - Number(one < other);
