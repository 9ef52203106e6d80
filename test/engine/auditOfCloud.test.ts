import { audit } from "../support/auditCommand";
import { createProject } from "../support/engine";
import { startPulumiCloud } from "../support/pulumiCloud";
import { simulate } from "../support/simulator";

test("try", async () => {
  const cloud = await startPulumiCloud({ path: "/pulumi" });
  const simulator = await simulate({});
  const [a, b] = simulator.tokens;
  const project = await createProject({
    program: `import { TokenRevocation } from "pulumi-datadog-revocation";
      new TokenRevocation("a", { tokenId: "${a?.id}" }); new TokenRevocation("b", { tokenId: "${b?.id}" });`,
    config: {
      "datadog:apiUrl": simulator.url,
      "datadog:apiKey": { secret: simulator.apiKey },
      "datadog:appKey": { secret: simulator.appKey },
    },
    env: { PULUMI_BACKEND_URL: cloud.url, PULUMI_ACCESS_TOKEN: cloud.accessToken, PULUMI_CONSOLE_DOMAIN: "localhost" },
  });
  const up = await project.up("--skip-preview");
  console.log(up.output, cloud.requests.slice(18));
  const r = await audit(project, "--format", "json");
  console.log(r.output, cloud.requests.slice(-10));
  console.log((await project.run("stack", "history")).output);
});
