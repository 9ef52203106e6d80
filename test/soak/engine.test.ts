import { asked } from "./asked";
import { RealEngine } from "./realEngine";
import { soak } from "./soak";

test("random programs on the real engine end as the model predicts", async () => {
  const programs = asked.programs ?? Number.POSITIVE_INFINITY;
  await soak({ tier: "engine", start: (world) => RealEngine.start(world), ...asked, programs });
});
