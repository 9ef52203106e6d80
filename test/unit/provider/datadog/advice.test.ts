import { advice } from "../../../../provider/datadog/advice";

test.each<[number, string, RegExp]>([
  [401, "GET /api/v2/current_user", /^The credentials were not accepted/],
  [
    403,
    "DELETE /api/v2/personal_access_tokens/x",
    /user_app_keys .* org_app_keys_write for anyone's \(for a token .* scope of the same name\); or they/,
  ],
  [403, "GET /api/v2/personal_access_tokens/x", /permission user_app_keys .* org_app_keys_read for anyone's/],
  [
    403,
    "DELETE /api/v2/service_accounts/x/access_tokens/y",
    /permission service_account_write or org_app_keys_write \(/,
  ],
  [403, "GET /api/v2/service_accounts/x/access_tokens/y", /permission service_account_write or org_app_keys_read \(/],
  [403, "GET /api/v2/users/x", /permission user_access_read \(/],
  [
    403,
    "GET /api/v2/current_user",
    /^The credentials were not accepted: .* another site \(DD_SITE, DD_HOST, the provider's apiUrl\)$/,
  ],
  [403, "POST /api/v2/audit/events/search", /permission audit_logs_read \(/],
  [429, "GET /", /^Try again when the rate limit allows it$/],
  [408, "GET /", /^Try again$/],
  [500, "GET /", /^The fault is on Datadog's side/],
  [599, "GET /", /^The fault is on Datadog's side/],
  [300, "GET /", /^Redirects are refused/],
  [399, "GET /", /^Redirects are refused/],
  [299, "GET /", /^Check that DD_SITE \(.*\), DD_HOST or the provider's apiUrl \(.*\) names Datadog's API$/],
  [400, "GET /", /^Check that DD_SITE \(.*\), DD_HOST or the provider's apiUrl \(.*\) names Datadog's API$/],
])("after %s to %s the advice is %s", (status, request, said) => {
  expect(advice(status, request, "the provider's apiUrl")).toMatch(said);
});
