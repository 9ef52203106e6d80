import { installPython, python, typescript } from "./clients";
import { operationsTest } from "./operations";

operationsTest({
  client: typescript,
  // Node strips the types itself.
  program: async () => ({ folder: "typescript", file: process.execPath, args: ["operations.mts"] }),
  leaks: false,
});

operationsTest({
  client: python,
  program: async () => ({ folder: "python", file: await installPython(), args: ["operations.py"] }),
  leaks: true,
});
