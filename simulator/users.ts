import { type Answer, data } from "./answer";
import { type ApiRequest, uuidOf } from "./apiRequest";
import { organizationResource, userDocument, userResource } from "./jsonApi";
import { pageOf } from "./paging";
import { demand } from "./permissions";
import { Refusal } from "./refusal";

/** `GET /api/v2/current_user`: any valid credentials will do. */
export function getCurrentUser({ organization, caller }: ApiRequest): Answer {
  return data(200, userDocument(caller.owner, organization));
}

/** `GET /api/v2/users/{user_id}`: users and service accounts. */
export function getUser(request: ApiRequest): Answer {
  const { organization, caller } = request;
  demand(caller, "user_access_read");
  const account = organization.accounts.get(uuidOf(request, "user_id"));
  if (account === undefined) throw new Refusal(404, "there is no such user");
  return data(200, userDocument(account, organization));
}

/** `GET /api/v2/users`: users and service accounts; `filter` is a part of the name, the handle or the address. */
export function listUsers(request: ApiRequest): Answer {
  const { organization, caller, query } = request;
  demand(caller, "user_access_read");
  const text = (query.get("filter") ?? "").toLowerCase();
  const accounts = [...organization.accounts.values()];
  const found = accounts.filter(({ name, handle, email }) =>
    [name, handle, email].some((field) => field.toLowerCase().includes(text)),
  );
  return data(200, {
    data: pageOf(found, query).map((account) => userResource(account, organization)),
    included: [organizationResource(organization)],
    meta: { page: { total_count: accounts.length, total_filtered_count: found.length } },
  });
}
