import { createLanguageExample, playExample } from "../support/languageExample";

test("examples/yaml revokes each of its tokens once, in the organization that it names", async () => {
  const example = await createLanguageExample("yaml");
  const { project } = example;
  await playExample(example, {
    preview: () => project.preview(),
    up: () => project.up("--skip-preview"),
    refresh: () => project.refresh("--skip-preview"),
    destroy: () => project.destroy("--skip-preview"),
  });
});
