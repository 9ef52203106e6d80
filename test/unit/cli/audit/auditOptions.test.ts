import { AUDIT_OPTIONS, readOptions } from "../../../../cli/audit/auditOptions";
import { PLANTED_VALUE } from "../../../support/nastyNames";

test.each([
  [["--format", "jsom"], 'Unknown format "jsom": did you mean "json"?'],
  [["--outcome", "revoket"], 'Unknown outcome "revoket": did you mean "revoked"?'],
  [["--fail-on", "alife"], 'Unknown condition of --fail-on "alife": did you mean "alive"?'],
  [["--fail-on", "slow"], "--fail-on slow takes a duration, like slow:24h."],
  [["--fail-on", "slow:24"], "--fail-on slow takes a duration, like slow:24h."],
  [["--fail-on", "alive:2"], "--fail-on alive takes no limit: write it alone."],
  [["--since", "yesterday"], "--since takes a day like 2026-11-24"],
  [["--since", "2026-12-01", "--until", "2026-11-30"], "--since is later than --until"],
  [["--output", ""], "--output needs a value"],
  [["--until", "2026-02-30"], "--until takes a day like 2026-11-24"],
  [["--token", "ci-deploy"], "--token takes a token's id or its public portion."],
  [
    ["--all-projects", "--stack", "dev"],
    "--all-projects takes every stack of the backend. Leave out --project and --stack",
  ],
  [["--all-projects", "--project", "shop"], "--all-projects takes every stack of the backend."],
  [["--report", "audit.pdf"], "--report takes a file that ends in .html, .json, .csv or .md."],
  [
    ["--report", "a.json", "--output", "./a.json"],
    "--report and --output name the same file twice: give each a file of its own.",
  ],
  [["--previous", "a.intoto.json"], "--previous needs --format intoto or --check: add one of them."],
  [["--check", "a.intoto.json", "--ticket", "SEC-1"], "--ticket does not go with --check: leave out one of the two."],
  [["--check", "a.intoto.json", "--verify"], "--verify does not go with --check: leave out one of the two."],
  [["--check", "a.intoto.json", "--format", "html"], "--check takes --format table or json."],
  [["--stak", "dev"], 'Unknown option "--stak": did you mean "--stack"?'],
])("the options %j are refused, with what to write instead", (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});

test.each([
  ["verify", "org_app_keys_read, and for service accounts' tokens service_account_write or org_app_keys_read"],
  ["datadog-audit-trail", "audit_logs_read"],
] as const)("--%s names every permission, and that of a scope", (option, permissions) => {
  expect(AUDIT_OPTIONS[option].description).toContain(
    `needs the permission ${permissions} (for a token or a scoped application key, also the scope of the same name)`,
  );
});

test.each([
  [[], "table"],
  [["--output", "x.html"], "html"],
  [["--output", "Report.HTM"], "html"],
  [["--output", "out/x.json"], "json"],
  [["--output", "x.csv"], "csv"],
  [["--output", "x.md"], "markdown"],
  [["--output", "x.txt"], "table"],
  [["--output", "html"], "table"],
  [["--output", "x.html", "--format", "csv"], "csv"],
  [["--output", "x.html", "--format", "table"], "table"],
])("of %j the format is %s", (args, format) => {
  expect(readOptions(args).format).toBe(format);
});

test("a filter is told as it was typed, in the order of the help, without what is secret", () => {
  const args = ["--ticket", "SEC-1", "--owner", "Ann", "--owner", PLANTED_VALUE, "--since", "2026-11-01", "--verify"];
  expect(Object.entries(readOptions(args).filters)).toEqual([
    ["since", ["2026-11-01"]],
    ["owner", ["Ann", expect.stringMatching(/^ddpat_\w+_\[redacted\]$/)]],
    ["ticket", ["SEC-1"]],
  ]);
  expect(readOptions([]).filters).toEqual({});
});
