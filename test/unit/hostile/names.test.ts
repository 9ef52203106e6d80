import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { formatReport } from "../../../cli/audit/formatReport";
import { FORMATS, newFormat } from "../../../cli/identify/occurrenceFormats";
import { NotRevokedError } from "../../../provider/core/notRevokedError";
import { DatadogError } from "../../../provider/datadog/errors";
import { sentence } from "../../../provider/text/plainLine";
import { hostileText } from "../../support/arbitraryText";
import { hostileReport } from "../../support/auditSample";
import { runCli } from "../../support/command";
import { expectHarmless, NASTY_NAMES, PLANTED_VALUE } from "../../support/nastyNames";
import { cases, fc } from "./hostileCases";

/** A spreadsheet's own reading of a line of CSV. */
function cells(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    ([, quoted, plain = ""]) => quoted?.replaceAll('""', '"') ?? plain,
  );
}

/** What a spreadsheet takes for a formula. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

describe("an audit whose every text is a nasty name", () => {
  test.each(["table", "json", "csv", "markdown", "html"] as const)("is harmless as %s", async (as) => {
    // What JSON shows as it is was without values when it was read.
    const names = as === "json" ? NASTY_NAMES.filter((name) => !name.includes(PLANTED_VALUE)) : NASTY_NAMES;
    for (const width of as === "table" ? [undefined, 80, 240] : [undefined]) {
      expectHarmless(await formatReport(hostileReport(names), as, width), "lines");
    }
  });

  test("has a row for each record in CSV, and no formula", async () => {
    const report = hostileReport();
    const lines = (await formatReport(report, "csv", undefined)).trimEnd().split("\n");
    expect(lines).toHaveLength(report.records.length + 1);
    const [heading = "", ...rows] = lines;
    for (const row of rows) {
      expect(cells(row)).toHaveLength(cells(heading).length);
      for (const cell of cells(row)) expect(cell).not.toMatch(FORMULA);
    }
  });

  test("has a row for each record in Markdown, and no markup of theirs", async () => {
    const report = hostileReport();
    const lines = (await formatReport(report, "markdown", undefined)).split("\n");
    const rows = lines.filter((line) => line.startsWith("| "));
    expect(rows).toHaveLength(report.records.length + 2);
    for (const line of lines) {
      expect(line.split(" | ").length).toBe(line.startsWith("| ") ? rows[0]?.split(" | ").length : 1);
      // Links are to builds and pull requests alone.
      expect(line.replaceAll(/\]\(https:\/\/example\.com\/[^\s()<>[\]]*\)/g, "")).not.toMatch(
        /\]\(|<|!\[|`|https?:\/\//,
      );
    }
  });

  test("says in JSON what the names are, to whoever parses it", async () => {
    const { records } = JSON.parse(await formatReport(hostileReport(), "json", undefined));
    expect(records.map(({ reason }: { reason: string }) => reason).toSorted()).toEqual(
      hostileReport()
        .records.map(({ reason }) => reason)
        .toSorted(),
    );
  });
});

test("a file of any name that holds a value is shown harmlessly, and breaks no format", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(hostileText, fc.constantFrom(...NASTY_NAMES)), { minLength: 1, maxLength: 3 }),
      (names) => {
        // As a search hands them over, which shows no name with a value in it.
        const sources = names.filter((name) => !name.includes(PLANTED_VALUE));
        const rows = sources.map((source, index) => ({
          ...{ tokenId: "00000000-0000-1234-0000-000000000000", kind: "personal" as const, source, line: index + 1 },
          publicPortion: "000000000Qdww5P8dQtGsa",
        }));
        for (const name of FORMATS) {
          const as = newFormat(name);
          const text = (rows.length > 0 ? as.rows(rows) : "") + as.end();
          expectHarmless(text, "lines");
          if (name === "json")
            expect(JSON.parse(text).map(({ source }: { source: string }) => source)).toEqual(sources);
          if (name === "yaml" && rows.length > 0) {
            expect(parseYaml(`revocations:\n${text}`)).toEqual({ revocations: [{ tokenId: rows[0]?.tokenId }] });
          }
          if (name === "table" && rows.length > 0) expect(text.split("\n")).toHaveLength(rows.length + 2);
        }
      },
    ),
    cases(3_000),
  );
});

test("an error that repeats any text is one harmless line, whoever made it", () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      for (const error of [new DatadogError(text, { kind: "status" }), new NotRevokedError(text)])
        expectHarmless(error.message);
      for (const error of [new Error(text), text, { toString: () => text }]) expectHarmless(sentence(error));
    }),
    cases(10_000),
  );
});

test("the command finds what stands in files with nasty names, and shows these without harm", async () => {
  const folder = mkdtempSync(join(tmpdir(), "names-"));
  try {
    const names = NASTY_NAMES.map((name) => name.toWellFormed().replaceAll(/[/\0]/g, "").slice(0, 70) || "_");
    for (const [index, name] of names.entries()) {
      mkdirSync(join(folder, String(index)));
      writeFileSync(join(folder, String(index), name === ".." ? "_" : name), `${PLANTED_VALUE}\n`);
      writeFileSync(join(folder, String(index), `${name}.bin`), "\0\0\0");
    }
    for (const as of FORMATS) {
      const { code, stdout, stderr } = await runCli(["identify", folder, "--format", as]);
      expect(code).toBe(0);
      expectHarmless(stdout, "lines");
      expectHarmless(stderr, "lines");
      if (as === "table") expect(stdout.trimEnd().split("\n")).toHaveLength(NASTY_NAMES.length + 1);
      if (as === "json") expect(JSON.parse(stdout)).toHaveLength(NASTY_NAMES.length);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
