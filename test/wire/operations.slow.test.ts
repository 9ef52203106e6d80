import { compileGo, compileRust, go, rust } from "./clients";
import { operationsTest } from "./operations";

// Java's client is left out: its newest release, 2.50.0, has neither functions nor types for access tokens.

operationsTest({
  client: go,
  program: async () => ({ folder: "go", file: await compileGo("operations", "./operations"), args: [] }),
  leaks: true,
});

operationsTest({
  client: rust,
  program: async () => ({ folder: "rust", file: await compileRust("operations"), args: [] }),
  leaks: true,
});
