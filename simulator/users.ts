import { type Answer, data } from "./answer";
import { type ApiRequest, uuidOf } from "./apiRequest";
import { userDocument } from "./jsonApi";
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
