import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createProject } from "../support/engine";
import { simulate } from "../support/simulator";

const example = (file: string) => readFileSync(join(__dirname, "../../examples/basic", file), "utf8");

test("examples/basic passes the type check and revokes its token", async () => {
  const simulator = await simulate();
  simulator.addToken({ id: "0535fac7-4642-4abe-b6fc-cf15336df559" });
  const project = await createProject({
    program: Object.fromEntries(["Pulumi.yaml", "package.json", "index.ts"].map((file) => [file, example(file)])),
    config: {
      "datadog:apiUrl": simulator.url,
      "datadog:apiKey": { secret: simulator.apiKey },
      "datadog:appKey": { secret: simulator.appKey },
    },
    typeCheck: true,
  });

  const up = await project.up();
  expect(up.output).toContain('outcome   : "revoked"');
  expect(up.code).toBe(0);
  expect(simulator.requests().filter(({ method }) => method === "DELETE")).toHaveLength(1);
});
