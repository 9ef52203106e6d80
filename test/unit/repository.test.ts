import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { cleanEnvironment } from "../support/processes";

const root = join(__dirname, "../..");

/** Also in a clone that belongs to another user. */
const listed = spawnSync("git", ["-c", "safe.directory=*", "ls-files", "-z"], {
  cwd: root,
  env: cleanEnvironment(),
  encoding: "utf8",
});

const title = "git tracks nothing that is made anew";
if (listed.status === 0) {
  test(title, () => {
    const files = listed.stdout.split("\0").filter((file) => file !== "");
    expect(files).toContain("package.json");
    expect(files.filter((file) => /(^|\/)(\.cache|node_modules|dist|coverage)\//.test(file))).toEqual([]);
  });
} else {
  const why = listed.error?.message ?? listed.stderr.trim();
  console.warn(`What git tracks is not looked at: ${why}`);
  test.skip(`${title} (${why})`, () => {});
}
