import { publicPortion } from "../../provider/tokens/tokenIds";
import { fc } from "./cases";

/** Ledgers as people keep them, and the `tokenId: …` or `token: …` of each entry. */
export const ledgers = fc
  .record({
    ids: fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 4 }),
    indentation: fc.constantFrom("", "  ", "    "),
    field: fc.constantFrom(
      "",
      "reason: leaked",
      "reason: |\n  in a log\n  of a job",
      'reason: "a\n  b"',
      "expect: {name: x}",
      "ticket: A-1 # x",
    ),
    comment: fc.constantFrom("", " # personal, ci.log:3"),
    header: fc.constantFrom("", "# Tokens\n", "---\n", "defaults:\n  reason: leaked\n"),
    footer: fc.constantFrom("", "defaults:\n  reason: leaked\n", "# The end", "...\n"),
    flow: fc.boolean(),
    byPortion: fc.boolean(),
  })
  .map(({ ids, indentation, field, comment, header, footer, flow, byPortion }) => {
    const names = ids.map((id) => (byPortion ? `token: ddpat_${publicPortion(id)}` : `tokenId: ${id}`));
    const fields = field === "" ? [] : field.split("\n").map((line) => `${indentation}  ${line}`);
    const block = names.flatMap((name) => [`${indentation}- ${name}${comment}`, ...fields]);
    const lines = flow ? [`  [${names.map((name) => `{${name}}`).join(", ")}]`] : block;
    return { text: `${header}revocations:\n${lines.join("\n")}\n${footer}`, names };
  });
