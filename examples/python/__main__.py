"""
Revokes Datadog access tokens from a program in Python: one that leaked, a list of them, those that Datadog itself has
found leaked, and one in each of two organizations. Take what you need.

    cd examples/python
    pulumi install                 # prepares the provider plugin and its SDK, once; needs Node.js 22 or later
    pulumi stack init dev
    pulumi config set --secret datadog-revocation:bearerToken    # asks for it
    pulumi config set --secret usBearerToken
    pulumi config set --secret euBearerToken
    pulumi preview --diff          # whose are they?
    pulumi up

Each is a service access token, whose scopes are org_app_keys_read, org_app_keys_write and user_access_read, and whose
service account has the permissions of these names. An API key and an application key work too: apiKey and appKey.
"""

import pulumi
from pulumi_datadog_revocation import Provider, TokenRevocation, TokenRevocationBatch, TokenSweep

config = pulumi.Config()

# A leaked token. The first 28 characters of its value name it, and are no secret: leave the rest out.
leaked = TokenRevocation(
    "leaked-ci-token",
    token="ddpat_66cGqcoV0nzgcjtyeCbxOy",
    reason="found in the log of a public CI job",
    ticket="SEC-1042",
    reported_at="2026-11-24T09:30:00Z",
)
pulumi.export("outcome", leaked.outcome)

# A list, of thousands if need be: whatever is added to it, the next `up` revokes.
batch = TokenRevocationBatch(
    "old-deploy-tokens",
    token_ids=[
        "3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c",
        "9b1c7d52-6e3f-4c80-a1d4-2e5f6a7b8c9d",
    ],
    reason="the deployment has a service account now",
    ticket="OPS-77",
)
pulumi.export("summary", batch.summary)

# What Datadog itself has found leaked, in a public repository for example. If that is more than ten, it revokes none.
sweep = TokenSweep(
    "found-leaked",
    where={"leaked": True},
    enforce=config.require_bool("enforce"),
    max_revocations=10,
    reason="found leaked by Datadog",
)
pulumi.export("found", sweep.matched)

# Two organizations: a provider each.
us = Provider("us", bearer_token=config.require_secret("usBearerToken"))
eu = Provider("eu", api_url=config.require("euApiUrl"), bearer_token=config.require_secret("euBearerToken"))
for name, provider, token_id in [
    ("old-us-pipeline", us, "0f5b0a52-6d1e-4b3e-9a57-2f0c4f0d8a11"),
    ("old-eu-pipeline", eu, "7c9d2f4e-83b5-4d6a-b0c1-5e8f7a9b3c22"),
]:
    TokenRevocation(
        name,
        token_id=token_id,
        reason="the pipeline is gone",
        opts=pulumi.ResourceOptions(provider=provider),
    )
