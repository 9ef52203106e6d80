import { createAccount } from "../support/account";

const stackTrace = /^\s+at .*\.[jt]s/m;

test("resources to be read or imported, and arguments that a transformation adds, are refused in plain words; one that skips the type is not", async () => {
  const { project, tokens, setProgram, sent } = await createAccount(() => "");
  const [{ id = "" } = {}] = tokens;
  const declare = (options: string) => `new TokenRevocation("leaked", { tokenId: "${id}" }, ${options});`;
  const transform = (condition: string) => `
    pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
      if (${condition}) return undefined;
      return { props: { ...props, tags: { team: "security" } }, opts };
    });`;

  for (const [program, sentence] of [
    [declare(`{ id: "${id}" }`), `error: TokenRevocation "leaked": with the option id Pulumi only reads the resource`],
    [declare(`{ import: "${id}" }`), `error: TokenRevocation "leaked": the option import does not work`],
    [
      transform("false") + declare("{}"),
      "verify, allowSelf). A transformation added it, as the program's own arguments were checked before: make it skip",
    ],
  ] as const) {
    setProgram(program);
    const { code, output } = await project.up("--skip-preview");
    expect(output).toContain(sentence);
    expect(output).not.toMatch(stackTrace);
    expect(code).not.toBe(0);
  }
  expect(sent()).toEqual([]);

  setProgram(transform('type.includes("datadog-revocation:")') + declare("{}"));
  expect((await project.up("--skip-preview")).code).toBe(0);
  expect(sent()).toContain("DELETE 204");
});
