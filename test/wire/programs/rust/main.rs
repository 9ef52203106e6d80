use datadog_api_client::datadog::Configuration;
use datadog_api_client::datadogV2::api_key_management::KeyManagementAPI;
use std::collections::HashMap;
use std::env::var;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let token_id = var("TOKEN_ID")?;
    // DD_API_KEY and DD_APP_KEY are read by the client.
    let mut configuration = Configuration::new();
    configuration.server_index = 1;
    configuration.server_variables = HashMap::from([
        ("protocol".to_string(), "http".to_string()),
        ("name".to_string(), var("RECORDER")?),
    ]);

    KeyManagementAPI::with_config(configuration)
        .revoke_personal_access_token(token_id)
        .await?;
    Ok(())
}
