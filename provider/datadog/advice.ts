/**
 * What a person can do about an answer that cannot be Datadog's.
 *
 * @param apiUrlKey what the user calls the API's address in the configuration
 */
export function foreignAnswer(apiUrlKey: string): string {
  return `A gateway, a proxy or another server answered: check ${site(apiUrlKey)}`;
}

function site(apiUrlKey: string): string {
  return `that DD_SITE (like datadoghq.eu), DD_HOST or ${apiUrlKey} (like https://api.datadoghq.eu) names Datadog's API`;
}

/** What every text on a permission adds. */
export const ALSO_A_SCOPE = "(for a token or a scoped application key, also the scope of the same name)";

/**
 * What a person can do about a status.
 *
 * @param request method and path
 * @param apiUrlKey what the user calls the API's address in the configuration
 */
export function advice(status: number, request: string, apiUrlKey: string): string {
  const permission = permissionFor(request);
  // Whom credentials belong to, any may ask.
  if (status === 401 || (status === 403 && permission === undefined)) {
    return `The credentials were not accepted: they may be revoked, expired, or belong to another site (DD_SITE, DD_HOST, ${apiUrlKey})`;
  }
  if (status === 403) {
    return `The credentials need the permission ${permission} ${ALSO_A_SCOPE}; or they belong to another site (DD_SITE, DD_HOST, ${apiUrlKey})`;
  }
  if (status === 408 || status === 409) return "Try again";
  if (status === 429) return "Try again when the rate limit allows it";
  if (status >= 500) return "The fault is on Datadog's side: see https://status.datadoghq.com and try again";
  if (status >= 300 && status < 400) {
    return `Redirects are refused, because the keys would follow them: set DD_HOST or ${apiUrlKey} to the API itself, like https://api.datadoghq.eu`;
  }
  return `Check ${site(apiUrlKey)}`;
}

/** @returns undefined for a request that needs none */
function permissionFor(request: string): string | undefined {
  if (request.includes("/current_user")) return undefined;
  if (request.includes("/users/")) return "user_access_read";
  if (request.includes("/audit/")) return "audit_logs_read";
  const anyones = request.startsWith("DELETE") ? "org_app_keys_write" : "org_app_keys_read";
  // The API's specification names the first, the documentation of service access tokens the second.
  if (request.includes("/service_accounts/")) return `service_account_write or ${anyones}`;
  return `user_app_keys for one's own tokens, ${anyones} for anyone's`;
}
