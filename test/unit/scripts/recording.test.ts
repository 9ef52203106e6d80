import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { XMLParser } from "fast-xml-parser";
import { AnimatedPicture, plain } from "../../support/animatedPicture";

const root = join(__dirname, "../../..");

interface Line {
  readonly at: number;
  readonly text: string;
}

/** Calls a function of a script, which is an ES module. */
function call<Result>(file: string, name: string, ...args: unknown[]): Result {
  const script = `
    import { ${name} } from ${JSON.stringify(join(root, "scripts/lib/recording", file))};
    console.log(JSON.stringify(await ${name}(...${JSON.stringify(args)})));
  `;
  const options = { encoding: "utf8", stdio: "pipe" } as const;
  return JSON.parse(execFileSync(process.execPath, ["--input-type=module", "-e", script], options));
}

function draw(...lines: Line[]): AnimatedPicture {
  const picture = { columns: 40, rows: 3, title: "T", name: "N", description: "D" };
  return new AnimatedPicture(call("draw.mts", "draw", lines, picture));
}

describe("a recording, drawn", () => {
  test("shows each line from when it was printed on, and scrolls", () => {
    const picture = draw(
      { at: 0, text: "one\r\n" },
      { at: 1, text: "two\r\n" },
      { at: 2, text: "three\r\nfour\r\n" },
      { at: 3, text: "a line that is longer than the terminal is wide\r\n" },
    );
    const frame = (seconds: number): string[] => picture.frame(seconds).map(plain);
    expect(frame(0)).toEqual(["one"]);
    expect(frame(0.9)).toEqual(["one"]);
    expect(frame(1)).toEqual(["one", "two"]);
    expect(frame(2)).toEqual(["three", "four"]);
    expect(frame(3)).toEqual(["a line that is longer than the terminal", "is wide"]);
  });

  test("shows no longer what was overwritten or cleared", () => {
    const picture = draw(
      { at: 0, text: "before\r\n" },
      { at: 1, text: "Waiting: 1 s" },
      { at: 2, text: "\rDone\x1b[K\r\n" },
      { at: 3, text: "\x1b[2J\x1b[Hafter" },
    );
    expect([0, 1, 2, 3].map((seconds) => picture.frame(seconds).map(plain))).toEqual([
      ["before"],
      ["before", "Waiting: 1 s"],
      ["before", "Done"],
      ["after"],
    ]);
  });

  test("stays at its end for some seconds, and shows the end where nothing moves", () => {
    const picture = draw(
      { at: 0, text: "1\r\n2\r\n3\r\n" },
      { at: 4, text: "progress" },
      { at: 5, text: "\rthe end\x1b[K" },
    );
    expect(picture.seconds).toBeGreaterThan(8);
    expect(picture.frame(picture.seconds - 0.1).map(plain)).toEqual(["2", "3", "the end"]);
    expect(picture.still()).toEqual(picture.frame(picture.seconds - 0.1));
  });

  test("keeps colours, bold, dim, and columns", () => {
    const text = "\x1b[31merror:\x1b[39m \x1b[1ma  \x1b[92mb\x1b[39m\x1b[22m c d   \x1b[2me\x1b[22m";
    expect(draw({ at: 0, text }).still()).toEqual([
      [
        [0, "error:", "c1"],
        [7, "a", "b"],
        [10, "b", "c10 b"],
        [12, "c d", ""],
        [18, "e", "d"],
      ],
    ]);
  });

  test("gives a wide character its two columns", () => {
    expect(draw({ at: 0, text: "a日b" }).still()).toEqual([
      [
        [0, "a", ""],
        [1, "日", ""],
        [3, "b", ""],
      ],
    ]);
  });

  test("escapes what means something in XML", () => {
    const texts = draw({ at: 0, text: `<a href="x">&amp;</a> ]]>` }).still();
    expect(texts.map(plain)).toEqual([`<a href="x">&amp;</a> ]]>`]);
  });
});

describe("a recording, edited", () => {
  test("does not tell where and when it was made", () => {
    const lines = [
      { at: 0, text: "\r\nhttp://127.0.0.1:41557 since 2026-11-27T04:12:00Z\r\n" },
      { at: 1, text: "/home/me/clone/.cache/a.html 2026-11-27T04:13:01.250Z 2026-11-27" },
    ];
    const began = Date.parse("2026-11-27T04:12:00.000Z");
    expect(call("edit.mts", "neutral", lines, began, "/home/me/clone/")).toEqual([
      { at: 0, text: "\r\nhttp://127.0.0.1:8080 since 2026-01-15T03:00:00Z\r\n" },
      { at: 1, text: "~/pulumi-datadog-revocation/.cache/a.html 2026-01-15T03:01:01.250Z 2026-11-27" },
    ]);
  });

  test("leaves out parts of the demo, and says when there is no such part", () => {
    const lines = ["begin", "\x1b[36m─── One\x1b[39m", "1", "─── Two: 2", "2", "─── Three", "3"].map((text, at) => ({
      at,
      text,
    }));
    const left = call<Line[]>("edit.mts", "withoutParts", lines, ["Two"]);
    expect(left).toEqual([...lines.slice(0, 3), ...lines.slice(5)]);
    expect(() => call("edit.mts", "withoutParts", lines, ["Four"])).toThrow("No part begins with: Four");
  });

  test("has short pauses, and shows one line after the other", () => {
    const lines = [0.5, 1, 1, 60].map((at) => ({ at, text: "" }));
    const times = call<Line[]>("edit.mts", "unhurried", lines).map(({ at }) => at);
    const [beginning, real, none, long] = times.map((at, index) => at - (times[index - 1] ?? 0));
    expect(beginning).toBeLessThan(0.2);
    expect(real).toBeCloseTo(0.5);
    expect(none).toBeGreaterThan(0.02);
    expect(long).toBeLessThan(3);
  });
});

describe("docs/demo.svg, the README's recording", () => {
  const path = join(root, "docs/demo.svg");
  const svg = readFileSync(path, "utf8");
  const picture = new AnimatedPicture(svg);
  const text = picture.rows().join("\n");

  test("shows whose tokens they are, that they are revoked, and the audit", () => {
    expect(text).toContain("$ pulumi preview");
    expect(text).toMatch(/to revoke: "ci-deploy", personal token of(\n| )robin\.okafor@example\.com/);
    expect(text).toContain("revoked now");
    expect(text).toContain("refused, not revoked");
    expect(text).toContain("audit --verify");
  });

  test("ends with the audit's table and what to do next", () => {
    const end = picture.still().map(plain).join("\n");
    expect(end).toContain("audit --verify");
    expect(end).toMatch(/^Token Outcome/m);
    expect(end).toContain("npm install");
  });

  test("is small and short", () => {
    expect(statSync(path).size).toBeLessThan(100_000);
    expect(picture.seconds).toBeLessThanOrEqual(45);
  });

  test("runs nothing and loads nothing, so that GitHub shows it", () => {
    const names = new Set<string>();
    const add = (name: string): string => {
      names.add(name);
      return name;
    };
    new XMLParser({ ignoreAttributes: false, transformTagName: add, transformAttributeName: add }).parse(svg);
    const elements = ["svg", "title", "desc", "style", "rect", "circle", "text", "g"];
    const drawing = ["viewBox", "width", "height", "x", "y", "cx", "cy", "r", "rx", "fill", "visibility"];
    const others = ["xmlns", "role", "aria-labelledby", "id", "class", "style", "text-anchor", "textLength"];
    expect([...elements, ...drawing, ...others]).toEqual(
      expect.arrayContaining([...names].map((name) => name.replace("@_", ""))),
    );
    expect(svg).not.toMatch(/url\(|@import|<[!?]/);
  });

  test("tells nothing of the machine on which it was made", () => {
    expect(text).not.toContain(root);
    expect(text).not.toContain(homedir());
    const times = text.match(/\d{4}-\d\d-\d\dT\d\d:/g);
    expect(new Set(times)).toEqual(new Set(["2026-01-15T03:"]));
    expect(new Set(text.match(/127\.0\.0\.1:\d+/g))).toEqual(new Set(["127.0.0.1:8080"]));
  });

  test("says what it shows to those who do not see it", () => {
    const { title, desc, ...rest } = new XMLParser({ ignoreAttributes: false }).parse(svg).svg;
    expect([rest["@_role"], rest["@_aria-labelledby"]]).toEqual(["img", `${title["@_id"]} ${desc["@_id"]}`]);
    expect(title["#text"]).toMatch(/demo/);
    expect(desc["#text"]).toMatch(/pulumi preview .* pulumi up .* audit/);
  });
});
