import { isUuid } from "../tokens/tokenIds";

/** A user or a service account, as Datadog names it. */
export interface Named {
  readonly id?: string | undefined;
  readonly type?: "users" | "service_account" | undefined;
  /** Usually an e-mail address; the UUID of a service account. */
  readonly handle?: string | undefined;
  /** A service account's; where the type is not known, a name means that it is one. */
  readonly name?: string | undefined;
}

/** An owner or an actor for people: a service account by its name, a person by the address, either by its id if need be. */
export function ownerText({ id, type, handle, name }: Named): string {
  // A service account's handle is its UUID.
  const address = handle === id || isUuid(handle ?? "") ? undefined : handle;
  return (type === "users" ? address || name : name || address) || (id ?? "unknown");
}
