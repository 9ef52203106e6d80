import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { collectMessages, messagesPage } from "./support/messages";

const page = join(__dirname, "../../docs/messages.md");
const sources = collectMessages();

test("docs/messages.md shows every message", () => {
  const made = messagesPage(sources);
  if (process.env.UPDATE_DOCS) writeFileSync(page, made);
  expect(readFileSync(page, "utf8")).toBe(made);
});
