# Declares each resource with every argument, and reads of each output; `program.ts` and `main.go` do the same.
import json
import sys

import pulumi
import pulumi_datadog_revocation as revocation

with open(sys.argv[1], encoding="utf-8") as file:
    answers = json.load(file)
registered = []
called = []


class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        registered.append({"type": args.typ, "name": args.name, "inputs": args.inputs})
        return args.name, {**args.inputs, **answers.get(args.typ, {})}

    def call(self, args):
        called.append({"token": args.token, "inputs": args.args})
        return answers[args.token]


pulumi.runtime.set_mocks(Mocks())


@pulumi.runtime.test
def declare():
    token_id = "c8a5e0b6-3b1f-4f6e-9d0a-2f3f8e5d7a10"
    why = {"reason": "found in a public build log", "ticket": "INC-1234", "requested_by": "ada@example.com"}
    how = {
        **why,
        "reported_at": "2026-11-24T09:30:00Z",
        "service_account_id": token_id,
        "on_not_found": revocation.OnNotFound.FAIL,
        "verify": True,
        "allow_self": False,
    }
    revocation.Provider(
        "organization",
        api_key="key",
        app_key="key",
        bearer_token="token",
        api_url="https://api.datadoghq.eu",
        http_client_retry_enabled=True,
        http_client_retry_timeout=60,
        http_client_retry_backoff_base=2,
        http_client_retry_backoff_multiplier=2,
        http_client_retry_max_retries=3,
    )
    leaked = revocation.TokenRevocation(
        "leaked",
        token="ddpat_7n42DGM5Tflk9n8mt7Fhc7",
        expect=revocation.ExpectationArgs(name="ci-deploy", owner_id=token_id, organization_id=token_id),
        **how,
    )
    revocation.TokenRevocation("known", token_id=token_id)
    batch = revocation.TokenRevocationBatch(
        "batch",
        tokens=["7n42DGM5Tflk9n8mt7Fhc7", token_id],
        expect={"organization_id": token_id},
        max_revocations=5000,
        concurrency=8,
        **how,
    )
    revocation.TokenRevocationBatch("ids", token_ids=[token_id])
    sweep = revocation.TokenSweep(
        "sweep",
        where=revocation.WhereArgs(
            owned_by=[token_id],
            kind=[revocation.TokenKind.PERSONAL, revocation.TokenKind.SERVICE],
            scopes=["dashboards_read"],
            name_pattern="ci-*",
            unused_for="90d",
            older_than="90d",
            expires_after="90d",
            never_expires=True,
            leaked=False,
        ),
        exempt=revocation.ExemptArgs(token_ids=[token_id], names=["break-glass"], owner_ids=[token_id]),
        enforce=True,
        max_revocations=10,
        expect=revocation.OrganizationExpectationArgs(organization_id=token_id),
        **why,
    )
    personal = revocation.Where(kind=[revocation.TokenKind.PERSONAL])
    found = revocation.get_tokens(where=personal, exempt=revocation.Exempt(names=["break-glass"]))

    return pulumi.Output.all(
        status=leaked.status,
        httpStatus=leaked.http_status,
        isAlreadyRevoked=leaked.outcome.apply(lambda outcome: outcome == revocation.Outcome.ALREADY_REVOKED),
        ownerType=leaked.snapshot.apply(lambda snapshot: snapshot.owner.type),
        failed=batch.summary.failed,
        message=batch.failures[0].message,
        recordedReason=sweep.acts.apply(lambda acts: acts[0].reason),
        isAlive=sweep.records.apply(lambda records: records[0].status == revocation.Status.ALIVE),
        found=[token.name for token in found.tokens],
    ).apply(lambda read: print(json.dumps({"registered": registered, "called": called, "read": read})))


declare()
