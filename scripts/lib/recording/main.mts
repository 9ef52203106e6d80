/** Writes a recording of a real run of the demo as an animated picture. */
import { writeFileSync } from "node:fs";
import { inRoot, ownNode } from "../paths.mjs";
import { draw } from "./draw.mts";
import { neutral, unhurried, withoutParts } from "./edit.mts";
import { record } from "./record.mts";

const size = { columns: 100, rows: 30 };
const [path = inRoot("docs/demo.svg")] = process.argv.slice(2);

const began = Date.now();
const all = neutral(await record([ownNode, inRoot("scripts/demo.mjs")], size), began, inRoot());
const parts = withoutParts(all, [
  "Another guard",
  "The record in state",
  "The history of the stack",
  "The audit as a page",
]);
const picture = await draw(unhurried(parts), {
  ...size,
  title: "npm start",
  name: "A recording of the demo, npm start",
  description:
    "A Pulumi program declares four leaked Datadog tokens revoked. pulumi preview shows whose they are. pulumi up " +
    "revokes them and sees them gone. A second pulumi up changes nothing. A guard refuses a token with the wrong name. " +
    "pulumi refresh finds a token that is alive again, and pulumi up revokes it again. The audit lists all of it. " +
    "Pauses are shortened and four parts of the demo are left out.",
});
writeFileSync(path, picture);
console.log(`${path}: ${Math.ceil(Buffer.byteLength(picture) / 1000)} KB`);
