import { asked } from "./asked";
import { SmallEngine } from "./smallEngine";
import { soak } from "./soak";
import type { World } from "./world";

test("random programs on the provider's own process end as the model predicts", async () => {
  const start = async (world: World) => new SmallEngine(world);
  await soak({ tier: "host", start, ...asked, programs: asked.programs ?? Number.POSITIVE_INFINITY });
});
