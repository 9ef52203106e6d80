import * as fs from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { buildGoCommand, demandGo } from "./goCommand.mjs";
import { inUserCache, makeFolder } from "./userCache.mjs";

/** Where the tests find the language host that was built; unset: the engine finds one by itself. */
const variable = "TEST_YAML_HOST";

const name = "pulumi-language-yaml";
const version = "1.25.0";

/**
 * Makes sure that programs in YAML can run: the official Pulumi CLI comes with their language host beside the engine,
 * one that was built from its Go module comes alone. What was built stays in the user's cache.
 *
 * It is named in a variable rather than put on PATH, as the engine warns of every plugin that it takes from there.
 */
export async function ensureYamlHost() {
  delete process.env[variable];
  if (engineFindsOne()) return;
  const folder = inUserCache(`yaml-v${version}`);
  const file = join(folder, "bin", name);
  const isThere = () => fs.existsSync(file);
  if (!isThere()) await makeFolder(folder, buildYamlHost, isThere);
  process.env[variable] = file;
}

/** On PATH, or beside the engine, wherever a link on PATH leads. */
function engineFindsOne() {
  const folders = process.env.PATH.split(delimiter);
  const engine = folders.map((folder) => join(folder, "pulumi")).find(fs.existsSync);
  const beside = engine ? [dirname(fs.realpathSync(engine))] : [];
  return [...beside, ...folders].some((folder) => fs.existsSync(join(folder, name)));
}

async function buildYamlHost(folder) {
  demandGo(`There is no ${name} beside the Pulumi engine`, "Pulumi, which has it");
  await buildGoCommand(folder, {
    what: `Pulumi's language host for YAML v${version} from its Go module, once, about 2 minutes`,
    module: "github.com/pulumi/pulumi-yaml",
    version,
    command: `cmd/${name}`,
    versionVariable: "github.com/pulumi/pulumi-yaml/pkg/version.Version",
  });
}
