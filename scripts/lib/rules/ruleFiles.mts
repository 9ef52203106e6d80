/** What the rules take from provider/tokens/syntax.ts. */
export interface Syntax {
  readonly PREFIXES: readonly string[];
  readonly VALUE_FOR_SCANNERS: string;
}

const NAME = "Datadog personal or service access token";
/** Not `datadog-access-token`: gitleaks has a rule of that id, for application keys, and would merge the two. */
const ID = "datadog-personal-or-service-access-token";
const REMEDY =
  "Whoever has the value can use it until the token is revoked: hand the report to " +
  "`npx --no pulumi-datadog-revocation identify --add-to revocations.yaml REPORT`, then run `pulumi up`.";
const DOCS = "https://docs.datadoghq.com/account_management/personal-access-tokens/";

/** The rules for secret scanners, by the names of their files. */
export function ruleFiles({ PREFIXES, VALUE_FOR_SCANNERS: value }: Syntax): Readonly<Record<string, string>> {
  /** What a gitleaks rule has, whoever reads it. JSON's strings and lists are TOML's too. */
  const gitleaksRule = `[[rules]]
id = "${ID}"
description = ${JSON.stringify(`${NAME}. ${REMEDY}`)}
regex = ${JSON.stringify(value)}
keywords = ${JSON.stringify(PREFIXES).replaceAll(",", ", ")}`;

  return {
    "gitleaks.toml": `${header(
      "gitleaks and betterleaks. It is added to the rules that they have themselves:",
      "  gitleaks dir . --config gitleaks.toml --report-path report.json",
      "  betterleaks dir . --config gitleaks.toml --report-path report.json   (version 1)",
      "  betterleaks fs . --config gitleaks.toml --output report.json         (version 2)",
    )}
[extend]
useDefault = true

${gitleaksRule}
`,
    "trufflehog.yml": `${header(
      "TruffleHog. It is added to the detectors that it has itself. Nothing verifies what it finds, which is `unverified`:",
      "  trufflehog filesystem . --config trufflehog.yml --json > report.json",
    )}
detectors:
  - name: ${ID}
    description: ${JSON.stringify(`${NAME}. ${REMEDY}`)}
    keywords:
${PREFIXES.map((prefix) => `      - ${prefix}\n`).join("")}    regex:
      token: ${JSON.stringify(value)}
`,
    "kingfisher.yml": `${header(
      "Kingfisher. It is added to the rules that it has itself:",
      "  kingfisher scan . --rules-path kingfisher.yml --format json --output report.json",
      REMEDY,
    )}
rules:
  - name: ${NAME}
    id: custom.${ID}
    pattern: ${JSON.stringify(`(${value})`)}
    confidence: high
    references:
      - ${DOCS}
`,
    // Without these delimiters GitHub wants another character than a letter or digit on both sides, which the escapes
    // of JSON and URLs (\\n, \\u0022, %22) are not.
    "github-custom-patterns.json": `${JSON.stringify(
      {
        patterns: [
          { name: NAME, pattern: value, start_delimiter: String.raw`\A|[\s\S]`, end_delimiter: String.raw`\z|[\s\S]` },
        ],
      },
      null,
      2,
    )}
`,
    "gitlab-secret-detection-ruleset.toml": `${header(
      "GitLab's pipeline secret detection. It is added to the rules that GitLab has itself. Copy this file to",
      "  .gitlab/secret-detection-ruleset.toml",
      "or, if the project has that file already, the passthrough from here, or the rule into your own gitleaks.toml.",
    )}
[secrets]
description = "${NAME}s"

[[secrets.passthrough]]
type = "raw"
target = "gitleaks.toml"
value = '''
[extend]
path = "/gitleaks.toml"

${gitleaksRule}
title = "${NAME}"
remediation = ${JSON.stringify(REMEDY)}
'''
`,
  };
}

/** The first lines of a file: made from what, and for whom. */
function header(...lines: readonly string[]): string {
  const [scanner, ...rest] = lines;
  return [
    "Finds the values of Datadog's personal and service access tokens (ddpat_…, ddsat_…). Made by `npm run rules` in",
    "pulumi-datadog-revocation: do not edit.",
    `A rule for ${scanner}`,
    ...rest,
  ]
    .map((line) => `# ${line}\n`)
    .join("");
}
