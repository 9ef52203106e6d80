import { asked } from "./asked";
import { endHost, SmallEngine } from "./smallEngine";
import { soak } from "./soak";

afterAll(() => endHost());

test("random programs on the provider's own process end as the model predicts", async () => {
  const start = async (world: ConstructorParameters<typeof SmallEngine>[0]) => new SmallEngine(world);
  await soak({ tier: "host", start, steps: 40, ...asked, programs: asked.programs ?? Number.POSITIVE_INFINITY });
});
