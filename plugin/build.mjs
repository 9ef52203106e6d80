// npm runs this after `npm install` in this folder, which is how `pulumi package add` prepares the plugin.
import { fileURLToPath } from "node:url";
import { bundlePlugin } from "../scripts/lib/plugin.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
await bundlePlugin(here("bin/main.js"), here("."));
