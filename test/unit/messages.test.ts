import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { collectMessages, errorsOf, messagesPage } from "./support/messages";

const page = join(__dirname, "../../docs/messages.md");
const sources = collectMessages();
const all = sources.flatMap(({ messages }) => messages);

test("docs/messages.md shows every message", () => {
  const made = messagesPage(sources);
  if (process.env.UPDATE_DOCS) writeFileSync(page, made);
  expect(readFileSync(page, "utf8")).toBe(made);
});

test("docs/messages.md has each message once, below its own file", () => {
  const shown = messagesPage(sources).match(/^### .+$/gm) ?? [];
  expect(shown.toSorted()).toEqual(sources.map(({ file }) => `### ${file}`).toSorted());
});

/** What no message says, and what it says instead. */
const UNSAID: [what: string, pattern: RegExp][] = [
  ["that nobody knows: it says what is unknown, and why", /nobody (can|could|may|knows)|who knows|not to be known/i],
  ["an idiom of hands", /\b(by|a|at|in) hand\b/i],
  ["a shout, a plea or an apology", /\p{L}!|\b(please|sorry|oops)\b/iu],
  ["a question to the reader, other than what was meant", /(?<!did you mean [^ ]+|Is it complete)(?<=\w)\?(?= |$)/],
  ["up alone: the command is pulumi up", /\b(next|another|run|and|then|at) up\b/],
  ["an npx that would run whatever the registry has under this name", /npx (?!--no )/],
  ["two spaces, or one before a full stop", /[^\s|[] {2,}[^\s-]|\S [.,;](?= |$)/],
];

test.each(UNSAID)("no message says %s", (_, pattern) => {
  expect(all.length).toBeGreaterThan(500);
  expect(all.filter((message) => pattern.test(message))).toEqual([]);
});

test("every error of the configuration names the key or the variable", () => {
  const errors = errorsOf("ConfigurationError");
  expect(errors.length).toBeGreaterThan(20);
  // What is filled in at its beginning: the name of what is wrong, or a sentence that has it.
  const named = /^\[?\{(name|source|variable|noCredentials|move|plainSecret)\} ?|DD_[A-Z]/;
  expect(errors.filter((error) => !named.test(error))).toEqual([]);
});

test("every error of the command ends with what to type, or with the reason that the system gives", () => {
  const errors = errorsOf("UsageError");
  expect(errors.length).toBeGreaterThan(40);
  const toDo = /--[\w{]|\b(run|use|set|give|choose|add|create|install|write|log in|encode|take)\b|[A-Z]+_[A-Z]+/i;
  const reason = /\{\w+\}[.\]]*$/;
  expect(errors.filter((error) => !toDo.test(error) && !reason.test(error))).toEqual([]);
});
