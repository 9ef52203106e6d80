/** Writes the Pulumi schema of this package as the linter wants it. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { inRoot } from "../paths.mjs";
import { packageSchema } from "./packageSchema.mts";
import { loadModules, Sources } from "./sources.mts";

const [path = inRoot("plugin/schema.json")] = process.argv.slice(2);
const manifest = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
const schema = packageSchema(new Sources("provider/index.ts"), await loadModules(), manifest);

const biome = [inRoot("node_modules/@biomejs/biome/bin/biome"), "format", "--stdin-file-path=plugin/schema.json"];
writeFileSync(path, execFileSync(process.execPath, biome, { cwd: inRoot(), input: JSON.stringify(schema) }));
