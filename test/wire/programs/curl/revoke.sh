#!/bin/sh
set -eu

curl --fail --silent --show-error --request DELETE \
  --header "DD-API-KEY: $DD_API_KEY" \
  --header "DD-APPLICATION-KEY: $DD_APP_KEY" \
  "http://$RECORDER/api/v2/personal_access_tokens/$TOKEN_ID"
