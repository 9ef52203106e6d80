curl -X DELETE "http://${RECORDER}/api/v2/personal_access_tokens/${token_id}" \
-H "DD-API-KEY: ${DD_API_KEY}" \
-H "DD-APPLICATION-KEY: ${DD_APP_KEY}"
