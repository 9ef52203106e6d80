require "datadog_api_client"

# DD_API_KEY and DD_APP_KEY are read by the client.
DatadogAPIClient.configure do |config|
  config.server_index = 1
  config.server_variables = { protocol: "http", name: ENV.fetch("RECORDER") }
end

DatadogAPIClient::V2::KeyManagementAPI.new.revoke_personal_access_token(ENV.fetch("TOKEN_ID"))
