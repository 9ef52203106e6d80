import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const root = join(__dirname, "../../..");

/** Where there are words for users. The simulator's are Datadog's own. */
const ROOMS = ["provider", "plugin", "cli"];

const SOURCES = ROOMS.flatMap((room) => globSync(`${room}/**/*.ts`, { cwd: root, exclude: ["**/bin/**"] }).sort()).map(
  (file) => {
    const text = readFileSync(join(root, file), "utf8");
    return { file, source: ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true) };
  },
);

/** Everything that one source file may say to a user, in the order in which it stands there. */
export interface SourceMessages {
  /** From the repository's root. */
  readonly file: string;
  readonly messages: readonly string[];
}

/**
 * Every literal of the sources that looks like words for people: no list of functions that show messages, which could
 * miss one.
 */
export function collectMessages(): SourceMessages[] {
  return SOURCES.map(({ file, source }) => ({ file, messages: messagesOf(source) })).filter(
    ({ messages }) => messages.length > 0,
  );
}

/** The texts with which errors of a class are made. */
export function errorsOf(className: string): string[] {
  const texts: string[] = [];
  for (const { source } of SOURCES) visit(source);
  return texts;

  function visit(node: ts.Node): void {
    if (ts.isNewExpression(node) && node.expression.getText() === className) {
      const [text] = node.arguments ?? [];
      if (text) texts.push(textOf(text));
    }
    node.forEachChild(visit);
  }
}

function messagesOf(source: ts.SourceFile): string[] {
  const messages: string[] = [];
  visit(source);
  return messages;

  function visit(node: ts.Node): void {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return;
    if (ts.isTaggedTemplateExpression(node)) {
      messages.push(...textsOfMarkup(textOf(node.template)).filter(isForPeople));
    } else if (isText(node)) {
      const text = textOf(node);
      if (isForPeople(text)) messages.push(text);
    } else {
      node.forEachChild(visit);
      return;
    }
    // What stands in a placeholder, and is not shown in its place.
    for (const each of placeholdersOf(node)) visit(each);
  }
}

type Text = ts.StringLiteralLike | ts.TemplateExpression | ts.BinaryExpression;

function isText(node: ts.Node): node is Text {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) || isConcatenation(node);
}

function isConcatenation(node: ts.Node): node is ts.BinaryExpression {
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return false;
  return isText(node.left) || isText(node.right);
}

/** At least two words of its own: a key, a path, a request and a pattern have fewer, and a query or a function is for a machine. */
function isForPeople(text: string): boolean {
  const words = text.replace(/\{\w+\}/g, "").split(/\s+/);
  return words.filter((word) => /\p{L}{2}/u.test(word)).length > 1 && !/^SELECT |=>/.test(text);
}

function textOf(node: ts.Expression): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isParenthesizedExpression(node)) return textOf(node.expression);
  if (isConcatenation(node)) return textOf(node.left) + textOf(node.right);
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map((span) => textOf(span.expression) + span.literal.text).join("");
  }
  const counted = countedOf(node);
  if (counted) return `{${nameOf(counted.count)}} ${counted.noun}(s)`;
  const choices = choicesOf(node);
  if (!choices) return `{${nameOf(node)}}`;
  const [first = "", second = ""] = choices.map(textOf);
  if (first === "" || second === "") return `[${first}${second}]`;
  return `[${first} | ${second}]`;
}

/** The two texts of which one is shown, where both stand in the sources. */
function choicesOf(node: ts.Expression): [ts.Expression, ts.Expression] | undefined {
  if (!ts.isConditionalExpression(node)) return undefined;
  const choices: [ts.Expression, ts.Expression] = [node.whenTrue, node.whenFalse];
  return choices.some(isText) ? choices : undefined;
}

/** What stands for a count and a noun in one of its two forms. */
function countedOf(node: ts.Expression): { readonly count: ts.Expression; readonly noun: string } | undefined {
  if (!ts.isCallExpression(node) || node.expression.getText() !== "counted") return undefined;
  const [count, noun] = node.arguments;
  return count && noun && isText(noun) ? { count, noun: textOf(noun) } : undefined;
}

/** What a placeholder is called. */
function nameOf(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (ts.isCallExpression(node)) return nameOfCall(node);
  if (ts.isBinaryExpression(node)) return nameOf(node.left);
  if (ts.isConditionalExpression(node)) return nameOf(node.whenTrue);
  if ("expression" in node) return nameOf(node.expression as ts.Expression);
  return "value";
}

function nameOfCall({ expression, arguments: given }: ts.CallExpression): string {
  const isMethod = ts.isPropertyAccessExpression(expression) && !/^[A-Z]/.test(expression.expression.getText());
  if (isMethod) return nameOf(expression.expression);
  const [only, ...others] = given;
  return only && others.length === 0 && !isText(only) ? nameOf(only) : nameOf(expression);
}

function placeholdersOf(node: ts.Node): ts.Node[] {
  if (ts.isStringLiteralLike(node)) return [];
  if (ts.isTaggedTemplateExpression(node)) return placeholdersOf(node.template);
  if (ts.isTemplateExpression(node)) return node.templateSpans.flatMap(({ expression }) => placeholdersOf(expression));
  if (ts.isParenthesizedExpression(node)) return placeholdersOf(node.expression);
  if (isConcatenation(node)) return [...placeholdersOf(node.left), ...placeholdersOf(node.right)];
  if (countedOf(node as ts.Expression)) return [];
  const choices = choicesOf(node as ts.Expression);
  return choices ? choices.flatMap(placeholdersOf) : [node];
}

/** What a reader sees of a page: the texts between its tags, and those that belong to them. */
function textsOfMarkup(text: string): string[] {
  const labels = [...text.matchAll(/ (?:title|aria-label|alt|placeholder)="([^"]*)"/g)].map(([, label = ""]) => label);
  const between = text.replace(/<\/?(?:b|a|bdi|code|em|strong|wbr)\b[^>]*>/g, "").split(/<[^>]*>/);
  return [...between.map((each) => each.replace(/\s+/g, " ").trim()), ...labels];
}

/** The page that shows them in a row. */
export function messagesPage(sources: readonly SourceMessages[]): string {
  const rooms = FOLDERS.map(([folder, title, about]) => {
    const files = sources.filter(({ file }) => folderOf(file) === folder);
    const lists = files.map(({ file, messages }) => `### ${file}\n\n${messages.map(item).join("\n")}\n`);
    return `## ${title}\n\n${about}\n\n${lists.join("\n")}`;
  });
  return `${INTRODUCTION}\n${rooms.join("\n")}`;
}

/** The folders that a reader would look into, in order of when they meet the messages: a program's first, then the command's. */
const FOLDERS: readonly (readonly [folder: string, title: string, about: string])[] = [
  [
    "provider/resources",
    "What the program says",
    "Before anything is looked up: the arguments and options of resources.",
  ],
  [
    "provider/handlers",
    "What a preview and a run say",
    "About resources, as `pulumi preview`, `up`, `refresh` and `destroy` come to them.",
  ],
  [
    "provider/core",
    "Tokens, records and the ledger",
    "What a token is like, what is refused, what became of it, and the mistakes in `revocations.yaml`.",
  ],
  [
    "provider/datadog",
    "Datadog, configuration and network",
    "Credentials and addresses, and what requests meet on their way.",
  ],
  ["provider/tokens", "Token values and ids", "In arguments and in options of the command."],
  ["provider/text", "Durations and misspelt names", "In arguments and in options of the command."],
  ["plugin", "The provider plugin", "Only in other languages than TypeScript."],
  ["cli", "The command", "For all its commands: options, credentials, output."],
  ["cli/identify", "identify", "Files that are searched, and additions to the ledger."],
  ["cli/tokens", "tokens", "The list of what Datadog knows."],
  ["cli/simulate", "simulate", "The local Datadog."],
  ["cli/audit", "audit", "What the report says, and why something is missing from it."],
  ["cli/audit/backends", "audit: where state is kept", "The backends of Pulumi, and how they are read."],
  ["cli/audit/evidence", "audit: statements", "Statements that can be checked later."],
  ["cli/audit/html", "audit: the page", "The report as HTML."],
];

/** The last that a file is in. */
function folderOf(file: string): string | undefined {
  return FOLDERS.map(([folder]) => folder).findLast((folder) => file.startsWith(`${folder}/`));
}

const INTRODUCTION = `# Every message

What the provider, the plugin and the command may say to you: errors, warnings, help, and the words of reports. Search this
page for a few words of the message that you have. The file above it is where it is made.

- \`{name}\` is replaced by a value.
- \`[a | b]\` is one of the two.
- \`[a]\` is left out at times.
- Some lines are parts that others are made of: what is wrong with an argument follows its name.

A test writes this page, and fails if a message is not in it:
\`UPDATE_DOCS=1 npm test -- --selectProjects unit -- messages\`.
`;

/** As it is: neither a name in it nor a line break may become Markdown. */
function item(message: string): string {
  const lines = message.trim().split("\n");
  if (lines.length > 1)
    return ["- ```text", ...lines, "```"].map((line, n) => (n && line ? `  ${line}` : line)).join("\n");
  const [line = ""] = lines;
  return line.includes("`") ? `- \`\` ${line} \`\`` : `- \`${line}\``;
}
