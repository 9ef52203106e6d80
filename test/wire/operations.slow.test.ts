import { compileGo, go } from "./clients";
import { operationsTest } from "./operations";

operationsTest({
  client: go,
  program: async () => ({ folder: "go", file: await compileGo("operations", "./operations"), args: [] }),
  leaks: true,
});
