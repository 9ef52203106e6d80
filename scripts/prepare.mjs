// npm runs this after `npm install` and `npm ci` in a clone, before `npm pack` and `npm publish`, and when somebody
// depends on the repository itself.
import { buildPackage, canBuild, isPacking } from "./lib/package.mjs";
import { entry } from "./lib/processes.mjs";

await entry(async () => {
  if (process.env[isPacking]) return 0;
  if (canBuild()) await buildPackage();
  else console.error("Not built: TypeScript is not installed (only production dependencies are).");
  return 0;
});
