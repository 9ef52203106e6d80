import { AUDIT_OPTIONS, readOptions } from "../../../../cli/audit/auditOptions";

test.each([
  [["--format", "jsom"], 'Unknown format "jsom"; did you mean "json"?'],
  [["--outcome", "revoket"], 'Unknown outcome "revoket"; did you mean "revoked"?'],
  [["--fail-on", "alife"], 'Unknown condition of --fail-on "alife"; did you mean "alive"?'],
  [["--fail-on", "slow"], "--fail-on slow takes a duration, like slow:24h."],
  [["--fail-on", "slow:24"], "--fail-on slow takes a duration, like slow:24h."],
  [["--fail-on", "alive:2"], "--fail-on alive takes no limit."],
  [["--since", "yesterday"], "--since takes a day like 2026-11-24"],
  [["--since", "2026-12-01", "--until", "2026-11-30"], "--since is later than --until"],
  [["--output", ""], "--output needs a value"],
  [["--until", "2026-02-30"], "--until takes a day like 2026-11-24"],
  [["--token", "ci-deploy"], "--token takes a token's id or its public portion."],
  [["--report", "audit.pdf"], "--report takes a file that ends in .html, .json, .csv or .md."],
  [["--report", "a.json", "--output", "./a.json"], "--report and --output name the same file twice."],
  [["--previous", "a.intoto.json"], "--previous goes with --format intoto, or --check."],
  [["--check", "a.intoto.json", "--ticket", "SEC-1"], "--ticket does not go with --check."],
  [["--check", "a.intoto.json", "--verify"], "--verify does not go with --check."],
  [["--check", "a.intoto.json", "--format", "html"], "--check has the formats table and json."],
  [["--stak", "dev"], 'Unknown option "--stak"; did you mean "--stack"?'],
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
