// Declares each resource with every argument, and reads of each output; `program.py` and `main.go` do the same.
import { readFileSync } from "node:fs";
import * as revocation from "@pulumi/datadog-revocation";
import * as pulumi from "@pulumi/pulumi";

const answers = JSON.parse(readFileSync(process.argv[2] as string, "utf8"));
const registered: object[] = [];
const called: object[] = [];

async function main(): Promise<void> {
  await pulumi.runtime.setMocks({
    newResource({ type, name, inputs }) {
      registered.push({ type, name, inputs });
      return { id: name, state: { ...inputs, ...answers[type] } };
    },
    call({ token, inputs }) {
      called.push({ token, inputs });
      return answers[token];
    },
  });
  const id = "c8a5e0b6-3b1f-4f6e-9d0a-2f3f8e5d7a10";
  const why = { reason: "found in a public build log", ticket: "INC-1234", requestedBy: "ada@example.com" };
  const how = {
    ...why,
    reportedAt: "2026-11-24T09:30:00Z",
    serviceAccountId: id,
    onNotFound: revocation.OnNotFound.Fail,
    verify: true,
    allowSelf: false,
  };
  new revocation.Provider("organization", {
    apiKey: "key",
    appKey: "key",
    bearerToken: "token",
    apiUrl: "https://api.datadoghq.eu",
    httpClientRetryEnabled: true,
    httpClientRetryTimeout: 60,
    httpClientRetryBackoffBase: 2,
    httpClientRetryBackoffMultiplier: 2,
    httpClientRetryMaxRetries: 3,
  });
  const leaked = new revocation.TokenRevocation("leaked", {
    token: "ddpat_7n42DGM5Tflk9n8mt7Fhc7",
    expect: { name: "ci-deploy", ownerId: id, organizationId: id },
    ...how,
  });
  new revocation.TokenRevocation("known", { tokenId: id });
  const batch = new revocation.TokenRevocationBatch("batch", {
    tokens: ["7n42DGM5Tflk9n8mt7Fhc7", id],
    expect: { organizationId: id },
    maxRevocations: 5000,
    concurrency: 8,
    ...how,
  });
  new revocation.TokenRevocationBatch("ids", { tokenIds: [id] });
  const sweep = new revocation.TokenSweep("sweep", {
    where: {
      ownedBy: [id],
      kind: [revocation.TokenKind.Personal, revocation.TokenKind.Service],
      scopes: ["dashboards_read"],
      namePattern: "ci-*",
      unusedFor: "90d",
      olderThan: "90d",
      expiresAfter: "90d",
      neverExpires: true,
      leaked: false,
    },
    exempt: { tokenIds: [id], names: ["break-glass"], ownerIds: [id] },
    enforce: true,
    maxRevocations: 10,
    expect: { organizationId: id },
    ...why,
  });
  const personal = { where: { kind: [revocation.TokenKind.Personal] }, exempt: { names: ["break-glass"] } };
  const { tokens } = await revocation.getTokens(personal);

  const read = await new Promise((resolve) =>
    pulumi
      .output({
        status: leaked.status,
        httpStatus: leaked.httpStatus,
        isAlreadyRevoked: leaked.outcome.apply((outcome) => outcome === revocation.Outcome.AlreadyRevoked),
        ownerType: leaked.snapshot.apply((snapshot) => snapshot?.owner.type),
        failed: batch.summary.failed,
        message: batch.failures.apply((failures) => failures[0]?.message),
        recordedReason: sweep.acts.apply((acts) => acts?.[0]?.reason),
        isAlive: sweep.records.apply((records) => records[0]?.status === revocation.Status.Alive),
      })
      .apply((outputs) => resolve({ ...outputs, found: tokens.map(({ name }) => name) })),
  );
  console.log(JSON.stringify({ registered, called, read }));
}

void main();
