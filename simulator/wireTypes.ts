/** JSON:API documents as Datadog's specification has them: what the simulator sends. */

export type TokenType = "personal_access_tokens" | "service_access_tokens";

export interface TokenAttributes {
  readonly name: string;
  readonly public_portion: string;
  readonly scopes: readonly string[];
  readonly created_at: string;
  readonly expires_at: string | null;
}

interface Resource<Type extends string, Attributes extends object> {
  readonly type: Type;
  readonly id: string;
  readonly attributes: Attributes;
}

interface ToOne<Type extends string> {
  readonly data: { readonly id: string; readonly type: Type };
}

interface OwnedBy {
  readonly owned_by: ToOne<"users" | "service_account">;
}

/** A token as GET, PATCH and the listings show it. */
export interface TokenResource
  extends Resource<
    TokenType,
    TokenAttributes & { readonly last_used_at: string | null; readonly modified_at?: string }
  > {
  readonly relationships: OwnedBy & {
    /** There when it was asked for; `data` is null when no leak is known. */
    readonly leak_information?: ToOne<"leaked_keys"> | { readonly data: null };
  };
}

/** A token as POST shows it, the only answer that ever holds the value. */
export interface CreatedTokenResource extends Resource<TokenType, TokenAttributes & { readonly key: string }> {
  readonly relationships: OwnedBy;
}

export type LeakedKeyResource = Resource<"leaked_keys", { readonly date: string; readonly leak_source?: string }>;

/** `included` is there when something was asked to be. */
export interface TokenDocument {
  readonly data: TokenResource;
  readonly included?: readonly LeakedKeyResource[];
}

export interface TokenListDocument {
  readonly data: readonly TokenResource[];
  readonly included?: readonly LeakedKeyResource[];
  readonly meta: { readonly page: { readonly total_filtered_count: number } };
}

export interface UserResource extends Resource<"users", object> {
  readonly relationships: {
    readonly roles: { readonly data: readonly { readonly id: string; readonly type: "roles" }[] };
    readonly org: ToOne<"orgs">;
  };
}

export type OrganizationResource = Resource<"orgs", object>;

export interface RoleResource extends Resource<"roles", object> {
  readonly relationships: {
    readonly permissions: { readonly data: readonly { readonly id: string; readonly type: "permissions" }[] };
  };
}

export type PermissionResource = Resource<"permissions", object>;

export type IncludedResource = OrganizationResource | RoleResource | PermissionResource;

export interface UserDocument {
  readonly data: UserResource;
  readonly included: readonly IncludedResource[];
}

export interface UserListDocument {
  readonly data: readonly UserResource[];
  readonly included: readonly IncludedResource[];
  readonly meta: { readonly page: { readonly total_count: number; readonly total_filtered_count: number } };
}

/** Datadog's two error shapes: `["text", …]` and `[{ status, title, detail }, …]`. */
export interface ErrorDocument {
  readonly errors: readonly (string | { readonly status: string; readonly title: string; readonly detail: string })[];
}
