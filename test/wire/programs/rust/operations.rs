// Every operation on access tokens, and those that read users, with Datadog's client; prints what it was told.
use chrono::{Duration, SubsecRound, Utc};
use datadog_api_client::datadog::{Configuration, Error::ResponseError};
use datadog_api_client::datadogV2::api_key_management::*;
use datadog_api_client::datadogV2::api_service_accounts::*;
use datadog_api_client::datadogV2::api_users::*;
use datadog_api_client::datadogV2::model::*;
use serde_json::{json, Value};
use std::collections::HashMap;
use std::env::var;
use std::error::Error;

const MADE: &str = "made by a client";
const RENAMED: &str = "renamed by a client";
const LACKING: &str = "the answer lacks what it ought to have";

/// Where each leak was found, by the leak's id.
fn sources(
    included: Option<Vec<AccessTokenResponseIncludedItem>>,
) -> HashMap<String, Option<String>> {
    let leaks = included.expect(LACKING).into_iter().map(|item| match item {
        AccessTokenResponseIncludedItem::LeakedKey(leak) => (leak.id, leak.attributes.leak_source),
        other => panic!("not a leak: {other:?}"),
    });
    leaks.collect()
}

/// The name of a token or a user.
macro_rules! name {
    ($data:expr) => {
        json!($data.attributes.as_ref().expect(LACKING).name)
    };
}

/// The names of all that an answer lists.
macro_rules! names {
    ($answer:expr) => {
        $answer
            .data
            .iter()
            .flatten()
            .map(|item| name!(item))
            .collect::<Vec<Value>>()
    };
}

/// What is done with tokens of either kind: the client has functions and types for each.
macro_rules! play {
    ($create:expr, $get:expr, $update:expr, $list:expr, $revoke:expr, $query:expr, $owned:expr) => {{
        let token = $create.await?.data.expect(LACKING);
        let (id, attributes) = (token.id.expect(LACKING), token.attributes.expect(LACKING));
        let include = vec![PersonalAccessTokensIncludeQueryParameterItem::LEAK_INFORMATION];

        let got = name!($get(id.clone(), include.clone()).await?.data.expect(LACKING));
        let updated = name!($update(id.clone()).await?.data);
        let query = $owned.filter("renamed".to_string()).sort(PersonalAccessTokensSort::CREATED_AT_DESCENDING);
        let found = names!($list(query).await?);
        let query = $query.page_size(2).page_number(1).sort(PersonalAccessTokensSort::NAME_DESCENDING);
        let page = names!($list(query).await?);
        let query = $query.filter_leaked(true).include(include.clone());
        let answer = $list(query.sort(PersonalAccessTokensSort::LEAKED_DESCENDING)).await?;
        let sources = sources(answer.included);
        let mut leaked = HashMap::new();
        for token in answer.data.expect(LACKING) {
            let relationships = token.relationships.expect(LACKING);
            if let Some(leak) = relationships.leak_information.expect(LACKING).data {
                let name = token.attributes.expect(LACKING).name.expect(LACKING);
                leaked.insert(name, sources[&leak.id].clone());
            }
        }
        let total = $list($query).await?.meta.expect(LACKING).page.expect(LACKING).total_filtered_count;
        $revoke(id.clone()).await?;
        let afterwards = match $get(id.clone(), include).await {
            Ok(_) => 200,
            Err(ResponseError(refusal)) => refusal.status.as_u16(),
            Err(error) => return Err(error.into()),
        };
        let created = json!({ "id": id, "key": attributes.key, "scopes": attributes.scopes });
        json!({
            "created": created, "got": got, "updated": updated, "found": found, "page": page, "leaked": leaked,
            "total": total, "afterwards": afterwards,
        })
    }};
}

async fn personal(keys: KeyManagementAPI, owners: Vec<String>) -> Result<Value, Box<dyn Error>> {
    let kind = PersonalAccessTokensType::PERSONAL_ACCESS_TOKENS;
    let expires = (Utc::now() + Duration::days(30)).trunc_subsecs(0);
    let scopes = vec!["metrics_read".to_string()];
    let made = PersonalAccessTokenCreateAttributes::new(expires, MADE.to_string(), scopes);
    let renamed = PersonalAccessTokenUpdateAttributes::new().name(RENAMED.to_string());
    let create = PersonalAccessTokenCreateRequest::new(PersonalAccessTokenCreateData::new(
        made,
        kind.clone(),
    ));
    let get = |id, include| {
        let including = GetPersonalAccessTokenOptionalParams::default().include(include);
        keys.get_personal_access_token(id, including)
    };
    let update = |id: String| {
        let data = PersonalAccessTokenUpdateData::new(renamed.clone(), id.clone(), kind.clone());
        keys.update_personal_access_token(id, PersonalAccessTokenUpdateRequest::new(data))
    };
    let query = ListPersonalAccessTokensOptionalParams::default();
    Ok(play!(
        keys.create_personal_access_token(create),
        get,
        update,
        |query| keys.list_personal_access_tokens(query),
        |id| keys.revoke_personal_access_token(id),
        query.clone(),
        query.clone().filter_owned_by(owners)
    ))
}

async fn service(accounts: ServiceAccountsAPI, account: String) -> Result<Value, Box<dyn Error>> {
    let kind = ServiceAccessTokensType::SERVICE_ACCESS_TOKENS;
    let scopes = vec!["metrics_read".to_string()];
    let made = ServiceAccountAccessTokenCreateAttributes::new(MADE.to_string(), scopes);
    let renamed = ServiceAccountAccessTokenUpdateAttributes::new().name(RENAMED.to_string());
    let data = ServiceAccountAccessTokenCreateData::new(made, kind.clone());
    let create = ServiceAccountAccessTokenCreateRequest::new(data);
    let get = |id, include| {
        let including = GetServiceAccountAccessTokenOptionalParams::default().include(include);
        accounts.get_service_account_access_token(account.clone(), id, including)
    };
    let update = |id: String| {
        let data =
            ServiceAccountAccessTokenUpdateData::new(renamed.clone(), id.clone(), kind.clone());
        let body = ServiceAccountAccessTokenUpdateRequest::new(data);
        accounts.update_service_account_access_token(account.clone(), id, body)
    };
    let query = ListServiceAccountAccessTokensOptionalParams::default();
    Ok(play!(
        accounts.create_service_account_access_token(account.clone(), create),
        get,
        update,
        |query| accounts.list_service_account_access_tokens(account.clone(), query),
        |id| accounts.revoke_service_account_access_token(account.clone(), id),
        query.clone(),
        query.clone()
    ))
}

async fn read_users(users: UsersAPI, account: String) -> Result<Value, Box<dyn Error>> {
    let current = users.get_current_user().await?.data.expect(LACKING).id;
    let got = name!(users.get_user(account).await?.data.expect(LACKING));
    let query = ListUsersOptionalParams::default()
        .filter("listed".to_string())
        .filter_status("Active".to_string());
    let query = query
        .sort("name".to_string())
        .sort_dir(QuerySortOrder::DESC)
        .page_size(2)
        .page_number(1);
    let answer = users.list_users(query).await?;
    let page = names!(answer);
    let total = answer
        .meta
        .expect(LACKING)
        .page
        .expect(LACKING)
        .total_filtered_count;
    Ok(json!({ "current": current, "got": got, "page": page, "total": total }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (owner, account) = (var("OWNER_ID")?, var("ACCOUNT_ID")?);
    // DD_API_KEY and DD_APP_KEY are read by the client.
    let mut configuration = Configuration::new();
    configuration.server_index = 1;
    configuration.server_variables = HashMap::from([
        ("protocol".to_string(), "http".to_string()),
        ("name".to_string(), var("SIMULATOR")?),
    ]);

    let keys = KeyManagementAPI::with_config(configuration.clone());
    let accounts = ServiceAccountsAPI::with_config(configuration.clone());
    let said = json!({
        "personal": personal(keys, vec![owner, account.clone()]).await?,
        "service": service(accounts, account.clone()).await?,
        "users": read_users(UsersAPI::with_config(configuration), account).await?,
    });
    println!("{said}");
    Ok(())
}
