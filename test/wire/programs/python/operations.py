"""Every operation on access tokens, and those that read users, with Datadog's client; prints what it was told."""

import json
from datetime import datetime, timedelta, timezone
from os import environ

from datadog_api_client import ApiClient, Configuration
from datadog_api_client.exceptions import ApiException
from datadog_api_client.v2.api.key_management_api import KeyManagementApi
from datadog_api_client.v2.api.service_accounts_api import ServiceAccountsApi
from datadog_api_client.v2.api.users_api import UsersApi
from datadog_api_client.v2.model.personal_access_token_create_attributes import PersonalAccessTokenCreateAttributes
from datadog_api_client.v2.model.personal_access_token_create_data import PersonalAccessTokenCreateData
from datadog_api_client.v2.model.personal_access_token_create_request import PersonalAccessTokenCreateRequest
from datadog_api_client.v2.model.personal_access_token_update_attributes import PersonalAccessTokenUpdateAttributes
from datadog_api_client.v2.model.personal_access_token_update_data import PersonalAccessTokenUpdateData
from datadog_api_client.v2.model.personal_access_token_update_request import PersonalAccessTokenUpdateRequest
from datadog_api_client.v2.model.personal_access_tokens_include_query_parameter_item import (
    PersonalAccessTokensIncludeQueryParameterItem,
)
from datadog_api_client.v2.model.personal_access_tokens_sort import PersonalAccessTokensSort
from datadog_api_client.v2.model.personal_access_tokens_type import PersonalAccessTokensType
from datadog_api_client.v2.model.query_sort_order import QuerySortOrder
from datadog_api_client.v2.model.service_access_tokens_type import ServiceAccessTokensType
from datadog_api_client.v2.model.service_account_access_token_create_attributes import (
    ServiceAccountAccessTokenCreateAttributes,
)
from datadog_api_client.v2.model.service_account_access_token_create_data import ServiceAccountAccessTokenCreateData
from datadog_api_client.v2.model.service_account_access_token_create_request import (
    ServiceAccountAccessTokenCreateRequest,
)
from datadog_api_client.v2.model.service_account_access_token_update_attributes import (
    ServiceAccountAccessTokenUpdateAttributes,
)
from datadog_api_client.v2.model.service_account_access_token_update_data import ServiceAccountAccessTokenUpdateData
from datadog_api_client.v2.model.service_account_access_token_update_request import (
    ServiceAccountAccessTokenUpdateRequest,
)

SIMULATOR = {"protocol": "http", "name": environ["SIMULATOR"]}
EXPIRES_AT = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=30)
INCLUDE = [PersonalAccessTokensIncludeQueryParameterItem("leak_information")]


def names(answer):
    return [item.attributes.name for item in answer.data]


def leaks(answer):
    """Each leaked token's name, and where it was found."""
    found = {leak.id: leak.attributes.leak_source for leak in answer.included}
    told = {token.attributes.name: token.relationships.leak_information.data for token in answer.data}
    return {name: found[leak.id] for name, leak in told.items() if leak is not None}


def play(create, update, get, list_, revoke, owned_by):
    made = create().data
    sort = PersonalAccessTokensSort
    transcript = {
        "created": {"id": made.id, "key": made.attributes.key, "scopes": made.attributes.scopes},
        "got": get(made.id, include=INCLUDE).data.attributes.name,
        "updated": update(made.id).data.attributes.name,
        "found": names(list_(filter="renamed", sort=sort("-created_at"), **owned_by)),
        "page": names(list_(page_size=2, page_number=1, sort=sort("-name"))),
        "leaked": leaks(list_(filter_leaked=True, sort=sort("-leaked"), include=INCLUDE)),
        "total": list_().meta.page.total_filtered_count,
    }
    revoke(made.id)
    try:
        get(made.id)
    except ApiException as error:
        transcript["afterwards"] = error.status
    return transcript


with ApiClient(Configuration(server_index=1, server_variables=SIMULATOR)) as client:
    keys = KeyManagementApi(client)
    personal_type = PersonalAccessTokensType("personal_access_tokens")
    personal = play(
        create=lambda: keys.create_personal_access_token(
            PersonalAccessTokenCreateRequest(
                data=PersonalAccessTokenCreateData(
                    type=personal_type,
                    attributes=PersonalAccessTokenCreateAttributes(
                        name="made by a client", scopes=["metrics_read"], expires_at=EXPIRES_AT
                    ),
                )
            )
        ),
        update=lambda id: keys.update_personal_access_token(
            id,
            PersonalAccessTokenUpdateRequest(
                data=PersonalAccessTokenUpdateData(
                    type=personal_type, id=id, attributes=PersonalAccessTokenUpdateAttributes(name="renamed by a client")
                )
            ),
        ),
        get=keys.get_personal_access_token,
        list_=keys.list_personal_access_tokens,
        revoke=keys.revoke_personal_access_token,
        owned_by={"filter_owned_by": [environ["OWNER_ID"], environ["ACCOUNT_ID"]]},
    )

    accounts = ServiceAccountsApi(client)
    account = environ["ACCOUNT_ID"]
    service_type = ServiceAccessTokensType("service_access_tokens")
    service = play(
        create=lambda: accounts.create_service_account_access_token(
            account,
            ServiceAccountAccessTokenCreateRequest(
                data=ServiceAccountAccessTokenCreateData(
                    type=service_type,
                    attributes=ServiceAccountAccessTokenCreateAttributes(
                        name="made by a client", scopes=["metrics_read"]
                    ),
                )
            ),
        ),
        update=lambda id: accounts.update_service_account_access_token(
            account,
            id,
            ServiceAccountAccessTokenUpdateRequest(
                data=ServiceAccountAccessTokenUpdateData(
                    type=service_type,
                    id=id,
                    attributes=ServiceAccountAccessTokenUpdateAttributes(name="renamed by a client"),
                )
            ),
        ),
        get=lambda id, **more: accounts.get_service_account_access_token(account, id, **more),
        list_=lambda **query: accounts.list_service_account_access_tokens(account, **query),
        revoke=lambda id: accounts.revoke_service_account_access_token(account, id),
        owned_by={},
    )

    api = UsersApi(client)
    listed = api.list_users(
        filter="listed",
        filter_status="Active",
        sort="name",
        sort_dir=QuerySortOrder("desc"),
        page_size=2,
        page_number=1,
    )
    users = {
        "current": api.get_current_user().data.id,
        "got": api.get_user(account).data.attributes.name,
        "page": names(listed),
        "total": listed.meta.page.total_filtered_count,
    }

print(json.dumps({"personal": personal, "service": service, "users": users}))
