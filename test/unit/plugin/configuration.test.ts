import { checkConfiguration, readConfiguration, refusePlainSecrets } from "../../../plugin/configuration";
import { SECRET_KEYS } from "../../../provider/datadog/settings";
import { UNKNOWN } from "../../../provider/tokens/tokenIds";
import { token } from "../../support/arbitraryToken";
import { cases, fc } from "../../support/cases";

const PROVIDER = "urn:pulumi:test::project::pulumi:providers:datadog-revocation";
const [DEFAULT, EXPLICIT] = [`${PROVIDER}::default_0_1_0`, `${PROVIDER}::eu`];

test("a provider calls its settings as its user does, and says where credentials go", () => {
  const [stack, own] = [readConfiguration(DEFAULT, {}), readConfiguration(EXPLICIT, {})];
  expect([stack.name("apiKey"), own.name("apiKey")]).toEqual(["datadog-revocation:apiKey", "the provider's apiKey"]);
  expect(stack.giveCredentials).toMatch(/pulumi config set --secret datadog-revocation:bearerToken, or .*:apiKey and /);
  expect(stack.giveCredentials).toContain("Keys of the configuration datadog: are not handed to this provider");
  expect(own.giveCredentials).toBe("give the provider bearerToken, or apiKey and appKey, each as a secret");
});

test("values of any type are texts, and what is not known or nothing is not there", () => {
  const values = { httpClientRetryEnabled: false, httpClientRetryTimeout: 30, apiKey: UNKNOWN, appKey: null };
  const { get } = readConfiguration(EXPLICIT, values);
  expect(["httpClientRetryEnabled", "httpClientRetryTimeout", "apiKey", "appKey", "apiUrl"].map(get)).toEqual([
    "false",
    "30",
    undefined,
    undefined,
    undefined,
  ]);
});

test("a token value that stands in the place of a key's name is not repeated", () => {
  fc.assert(
    fc.property(token, fc.constantFrom(DEFAULT, EXPLICIT), ({ value, secret }, urn) => {
      const values = { [value]: "x" };
      const check = () => checkConfiguration(readConfiguration(urn, values), values, {});
      expect(check).toThrow(/ is not a configuration key/);
      expect(messageOf(check)).not.toContain(secret);
    }),
    cases(50),
  );
});

test("a secret in plain text is refused by its key, wherever it is given, and not repeated", () => {
  const key = fc.stringMatching(/^[0-9a-f]{32,40}$/).map((text) => ({ secret: text, value: text }));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.record({ name: fc.constantFrom(...SECRET_KEYS), given: fc.oneof(key, token) }),
        fc.record({ name: fc.constantFrom("apiUrl", "httpClientRetryTimeout"), given: token }),
      ),
      fc.constantFrom(DEFAULT, EXPLICIT),
      ({ name, given: { secret, value } }, urn) => {
        const values = { [name]: value };
        const refuse = () => refusePlainSecrets(readConfiguration(urn, values), { values, secrets: new Set() });
        expect(refuse).toThrow(readConfiguration(urn, {}).name(name));
        expect(messageOf(refuse)).not.toContain(secret);
        refusePlainSecrets(readConfiguration(urn, values), { values, secrets: new Set([name]) });
      },
    ),
    cases(100),
  );
});

test("what is no secret, not known yet or empty may be plain", () => {
  const values = { apiUrl: "https://api.datadoghq.eu", apiKey: UNKNOWN, appKey: "" };
  refusePlainSecrets(readConfiguration(EXPLICIT, values), { values, secrets: new Set() });
});

function messageOf(call: () => void): string {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("did not fail");
}
