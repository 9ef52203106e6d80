from os import environ

from datadog_api_client import ApiClient, Configuration
from datadog_api_client.v2.api.key_management_api import KeyManagementApi

# DD_API_KEY and DD_APP_KEY are read by the client.
recorder = {"protocol": "http", "name": environ["RECORDER"]}

with ApiClient(Configuration(server_index=1, server_variables=recorder)) as client:
    KeyManagementApi(client).revoke_personal_access_token(environ["TOKEN_ID"])
