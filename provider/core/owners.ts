import type { Account } from "../datadog/client";
import { isUuid } from "../tokens/tokenIds";

/** What people know an owner by: a person by the address, a service account by its name. */
export function ownerText({ id, handle, name }: Account & { readonly id: string }): string {
  // Datadog makes a service account's id its handle, and so do records of 0.1.0.
  return name ?? (handle && !isUuid(handle) ? handle : id);
}
