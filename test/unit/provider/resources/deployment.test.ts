import * as pulumi from "@pulumi/pulumi";
import { declareToken, programRun, underMocks } from "../../../../provider/resources/deployment";
import { TOKEN_ID } from "../datadog/datadogClient";

/** Begins a deployment: each has a monitor of its own. */
function begin(): Promise<void> {
  return pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
    call: () => ({}),
  });
}

test("a token that one program declares twice is refused with both names", async () => {
  await begin();
  declareToken(TOKEN_ID, 'TokenRevocation "first"');
  const declaring = () => declareToken(TOKEN_ID, 'TokenRevocationBatch "second"');
  expect(declaring).toThrow(pulumi.RunError);
  expect(declaring).toThrow(
    `TokenRevocationBatch "second": token ${TOKEN_ID} is declared twice, first by TokenRevocation "first": remove one of the two`,
  );
});

test("a preview and an up in one process may declare the same token", async () => {
  for (let deployment = 0; deployment < 2; deployment++) {
    await begin();
    expect(() => declareToken(TOKEN_ID, 'TokenRevocation "first"')).not.toThrow();
  }
});

test("each deployment has a run of its own, and all of its parts the same", async () => {
  await begin();
  const run = programRun();
  expect(programRun()).toBe(run);
  await begin();
  expect(programRun()).not.toBe(run);
  expect(underMocks()).toBe(true);
});
