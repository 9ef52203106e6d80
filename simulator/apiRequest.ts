import type { Caller } from "./authentication";
import type { Organization } from "./organization";
import type { Random } from "./random";
import { invalidParameter } from "./refusal";

/** A request that has been authenticated and routed, as its endpoint sees it. */
export interface ApiRequest {
  readonly organization: Organization;
  readonly caller: Caller;
  /** What stands in the path in the places of ids, by Datadog's names for them. */
  readonly path: Readonly<Partial<Record<PathParameter, string>>>;
  readonly query: URLSearchParams;
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly random: Random;
}

export type PathParameter = "token_id" | "service_account_id" | "user_id";

/** By its shape only: any version and variant will do. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** An id in the path; Datadog answers 400 to what is no UUID. */
export function uuidOf({ path }: ApiRequest, parameter: PathParameter): string {
  const id = path[parameter] ?? "";
  if (!isUuid(id)) throw invalidParameter(parameter, 'type "uuid"');
  return id.toLowerCase();
}
