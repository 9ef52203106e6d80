import type { Caller } from "./authentication";
import type { Organization } from "./organization";
import type { Random } from "./random";
import { Refusal } from "./refusal";

/** A request that has been authenticated and routed, as its endpoint sees it. */
export interface ApiRequest {
  readonly organization: Organization;
  readonly caller: Caller;
  /** What stands in the path in an id's place; empty where the path has none. */
  readonly id: string;
  readonly query: URLSearchParams;
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly random: Random;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The id in the path; Datadog answers 400 to what is no UUID (by its shape only: any version and variant will do). */
export function uuidOf(request: ApiRequest, parameter: string): string {
  if (!UUID.test(request.id)) throw new Refusal(400, `invalid parameter "${parameter}": expected type "uuid"`);
  return request.id.toLowerCase();
}
