import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { VALUE_FOR_SCANNERS } from "../../provider/tokens/syntax";
import { cleanEnvironment } from "../support/processes";

const root = join(__dirname, "../..");

/** Also in a clone that belongs to another user. */
const listed = spawnSync("git", ["-c", "safe.directory=*", "ls-files", "-z"], {
  cwd: root,
  env: cleanEnvironment(),
  encoding: "utf8",
});

const LISTED: Readonly<Record<string, (files: readonly string[]) => void>> = {
  "git tracks nothing that is made anew"(files) {
    expect(files.filter((file) => /(^|\/)(\.cache|node_modules|dist|coverage)\//.test(file))).toEqual([]);
  },
  // So that a secret scanner that is given our rules is quiet here, and nobody gets used to its alerts.
  'no whole token value stands in a file: tests put theirs together, as by ["ddpat_…", "…"].join("_")'(files) {
    const value = new RegExp(VALUE_FOR_SCANNERS);
    const there = files.filter((file) => existsSync(join(root, file)));
    expect(there.filter((file) => value.test(readFileSync(join(root, file), "latin1")))).toEqual([]);
  },
};

for (const [title, check] of Object.entries(LISTED)) {
  if (listed.status === 0) {
    test(title, () => {
      const files = listed.stdout.split("\0").filter((file) => file !== "");
      expect(files).toContain("package.json");
      check(files);
    });
  } else {
    const why = listed.error?.message ?? listed.stderr.trim();
    console.warn(`What git tracks is not looked at: ${why}`);
    test.skip(`${title} (${why})`, () => {});
  }
}
