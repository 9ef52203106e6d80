// npm runs this after `npm install` and `npm ci` in a clone, before `npm pack` and `npm publish`, and when somebody
// depends on the repository itself.
import { buildPackage, canBuild, skipsPrepare } from "./lib/package.mjs";
import { entry, SetupError } from "./lib/processes.mjs";
import { installPackages } from "./lib/setup.mjs";

await entry(async () => {
  if (process.env[skipsPrepare]) return 0;
  // `npm pack` in a fresh clone: a tarball without dist/ would install and then fail in its user's program.
  const isInstalling = ["install", "ci"].includes(process.env.npm_command);
  if (!canBuild() && isInstalling) {
    console.error(
      "Not built: the development dependencies are left out (omit=dev, production, or NODE_ENV=production). " +
        "To build: npm ci --include=dev",
    );
    return 0;
  }
  if (!canBuild()) await installWhatBuilds();
  await buildPackage();
  return 0;
});

async function installWhatBuilds() {
  try {
    await installPackages();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    throw new SetupError(`${error.message}\n\nNothing is built or packed. Mend that, then run: npm ci --include=dev`);
  }
}
