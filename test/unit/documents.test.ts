import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { audit } from "../../cli/audit/auditCommand";
import type { Command } from "../../cli/command";
import { identify } from "../../cli/identify/identifyCommand";
import { parseArguments } from "../../cli/options";
import { simulate } from "../../cli/simulate/simulateCommand";
import { tokens } from "../../cli/tokens/tokensCommand";
import manifest from "../../package.json";
import { root, textOf, trackedFiles } from "../support/documentedCommands";

const tracked = trackedFiles();
const pages = tracked.filter((file) => /^(docs\/)?[^/]+\.md$/.test(file));
const isText = (file: string) => !/\.(png|zip|gz|bin)$|^package-lock\.json$|^test\/fixtures\//.test(file);

/** Where GitHub puts the anchors of a page's headings. */
function anchors(page: string): string[] {
  const seen = new Map<string, number>();
  return [...withoutCode(page).matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading = ""]) => {
    const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
    const slug = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M} _-]/gu, "")
      .trim()
      .replaceAll(" ", "-");
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

const withoutCode = (page: string): string =>
  page.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, (code) => code.slice(1, -1));

/** The targets of all links and pictures of a page that are no addresses of their own. */
function linksOf(page: string): string[] {
  const text = page.replace(/^```[\s\S]*?^```$/gm, "");
  const targets = [...text.matchAll(/\]\(<?([^)\s>]+)[^)]*\)|\b(?:src|srcset|href)="([^"\s]+)"|^\[[^\]]+\]: +(\S+)/gm)];
  return targets.flatMap(([, link, attribute, reference]) => link ?? attribute ?? reference ?? []);
}

const isRelative = (target: string): boolean => !/^[a-z][a-z+.-]*:/i.test(target);

test.each(pages)("every link and picture of %s leads to a file that git tracks, and to a heading in it", (page) => {
  const broken = linksOf(textOf(page))
    .filter(isRelative)
    .filter((target) => {
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page : normalize(join(dirname(page), path)).replace(/\/$/, "");
      if (file.startsWith("..") || file.startsWith("/")) return true;
      const isFolder = tracked.some((other) => other.startsWith(`${file}/`));
      if (!tracked.includes(file) && !isFolder) return true;
      return anchor !== undefined && (isFolder || !anchors(textOf(file)).includes(anchor));
    });
  expect(broken).toEqual([]);
});

test("the README fits in one sitting, and has each page of docs/ linked once", () => {
  const readme = textOf("README.md");
  expect(Buffer.byteLength(readme)).toBeLessThanOrEqual(8192);
  const linked = linksOf(readme).filter((target) => /^docs\/.*\.md/.test(target));
  expect(linked.toSorted()).toEqual(pages.filter((page) => page.startsWith("docs/")).toSorted());
});

test("the addresses in package.json are of one repository, from which npm's page resolves the links of the README", () => {
  const { homepage, repository, bugs, name } = manifest;
  const [, address = ""] = /^git\+(https:\/\/github\.com\/[^/]+\/[^/]+)\.git$/.exec(repository.url) ?? [];
  expect(address).toMatch(new RegExp(`/${name}$`));
  expect({ homepage, repository, bugs }).toEqual({
    homepage: `${address}#readme`,
    repository: { type: "git", url: `git+${address}.git` },
    bugs: { url: `${address}/issues` },
  });
  // No other address of it stands anywhere, which somebody who moves it would have to find.
  const owner = new URL(address).pathname.split("/")[1] ?? "";
  const others = tracked.filter(
    (file) => isText(file) && existsSync(join(root, file)) && textOf(file).includes(`/${owner}/`),
  );
  expect(others).toEqual(["package.json"]);
});

test("no document and no message has npx run what is not installed, or npm install what is not published under this name", () => {
  const name = "pulumi-datadog-revocation";
  const unsafe = new RegExp(
    `npx (?!--no )[^\\n\`|]*\\b${name}\\b|npm (?:i|install|add|exec) (?:-\\S+ )*${name}\\b(?!-)`,
  );
  const found = tracked.filter(isText).filter((file) => unsafe.test(textOf(file)));
  expect(found).toEqual([]);
});

const commands: Record<string, Command> = { audit, identify, simulate, tokens };

/** Every line in which the command is typed, from its name on, as words. */
function typed(text: string): string[][] {
  const lines = text.replace(/\\\n\s*/g, "").matchAll(/(?<!["'])\bpulumi-datadog-revocation ([a-z][^`\n|;>&#]*)/g);
  return [...lines].map(([, line = ""]) => {
    const words = line.replace(/="[^"]*"/g, "=TEXT").matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g);
    return (
      [...words]
        // In a program, a quotation mark ends the command.
        .map(([, double, single, plain = ""]) => double ?? single ?? plain.split(/["']/)[0] ?? "")
        .filter((word) => word !== "$@")
    );
  });
}

/** Messages name the package without typing it. */
const whoTypes = tracked.filter(
  (file) => (pages.includes(file) && file !== "docs/messages.md") || file.startsWith("examples/"),
);

test("every command of this package in the documents and examples is one, with options that it has", () => {
  const typedWords = whoTypes.flatMap((file) => typed(textOf(file)).map((words) => ({ file, words })));
  expect(typedWords.length).toBeGreaterThan(10);
  const refused = typedWords.flatMap(({ file, words: [name = "", ...args] }) => {
    const command = commands[name];
    if (command === undefined) return `${file}: ${name}: no such command`;
    try {
      const { positionals } = parseArguments(args, command.options);
      return positionals.length > 0 && !command.operands ? `${file}: ${name} takes no ${positionals.join(" ")}` : [];
    } catch (error) {
      return `${file}: ${name}: ${(error as Error).message}`;
    }
  });
  expect(refused).toEqual([]);
});
