import type { Command } from "./command";
import { alternatives, type Option } from "./options";

/** The widest line. */
const WIDTH = 120;

/** What `--help` prints of a command. */
export function helpOf(name: string, { operands, description, options, examples = [], notes }: Command): string {
  const all = Object.entries<Option>(options);
  const groups = [...new Set(all.map(([, option]) => groupOf(option)))].map((group) => ({
    heading: group,
    rows: all
      .filter(([, option]) => groupOf(option) === group)
      .map(([name, option]) => [synopsis(name, option), effect(option)] as const),
  }));
  groups.at(-1)?.rows.push(["--help", "show this help"]);
  const column = Math.max(...groups.flatMap(({ rows }) => rows.map(([left]) => left.length))) + 4;
  const sections = [
    `Usage: pulumi-datadog-revocation ${name} ${operands === undefined ? "" : `${operands} `}[options]`,
    description,
    ...groups.map(({ heading, rows }) => [`${heading}:`, ...rows.map((row) => lineOf(row, column))].join("\n")),
    ...(examples.length === 0 ? [] : [["Examples:", ...examples.map((args) => exampleOf(name, args))].join("\n")]),
    ...(notes === undefined ? [] : [notes]),
  ];
  return `${sections.join("\n\n")}\n`;
}

/** As it runs from the folder where the package is installed, and nothing else under its name. */
function exampleOf(name: string, args: string): string {
  return `  npx --no pulumi-datadog-revocation ${name} ${args}`.trimEnd();
}

const groupOf = ({ group = "Options" }: Option): string => group;

/** `--format FORMAT` */
function synopsis(name: string, { placeholder }: Option): string {
  return placeholder === undefined ? `--${name}` : `--${name} ${placeholder}`;
}

/** What an option does, its values and its default. */
function effect({ values, default: initial, description }: Option): string {
  const choices = values?.map((value) => (value === initial ? `${value} (default)` : value));
  const fallback = values === undefined && typeof initial === "string" ? ` (default: ${initial})` : "";
  return [
    ...(choices ? [alternatives(choices)] : []),
    ...(description === undefined ? [] : [`${description}${fallback}`]),
  ].join("; ");
}

/** The synopsis, and beside it the effect on as many lines as it takes. */
function lineOf([left, right]: readonly [string, string], column: number): string {
  const lines = [""];
  for (const word of right.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trimStart();
    if (column + longer.length <= WIDTH) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return `  ${left}`.padEnd(column) + lines.join(`\n${" ".repeat(column)}`);
}
