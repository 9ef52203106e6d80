/** Writes the rules for secret scanners. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadSources } from "../loadSources.mts";
import { inRoot } from "../paths.mjs";
import { ruleFiles, type Syntax } from "./ruleFiles.mts";

const [folder = inRoot("rules")] = process.argv.slice(2);
const syntax = await loadSources<Syntax>(
  "rules",
  'export { PREFIXES, VALUE_FOR_SCANNERS } from "./provider/tokens/syntax";',
);

mkdirSync(folder, { recursive: true });
for (const [file, text] of Object.entries(ruleFiles(syntax))) writeFileSync(join(folder, file), text);
