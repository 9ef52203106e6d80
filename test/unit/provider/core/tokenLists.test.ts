import { publicTokenList, tokenIdList, tokenList } from "../../../../provider/core/tokenLists";
import { publicPortion, UNKNOWN } from "../../../../provider/tokens/tokenIds";

const ids = ["00000000-0000-1234-0000-000000000000", "3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c"] as const;
const [id, other] = ids;
const value = (tokenId: string, prefix = "ddpat_"): string => `${prefix}${publicPortion(tokenId)}_${"a1B2".repeat(9)}`;

test("a list takes ids, values and public portions in any mix, and gives each token once, sorted", () => {
  for (const list of [
    [other, id],
    [value(other), id.toUpperCase(), publicPortion(id), `ddpat_${publicPortion(other)}`],
  ]) {
    expect(tokenList(list)).toEqual({ tokenIds: ids, serviceTokenIds: [], repeated: list.length - 2 });
  }
  expect(tokenIdList([other, id, other])).toEqual({ tokenIds: ids, serviceTokenIds: [], repeated: 1 });
});

test("what one of several mentions says of a service account is kept, whatever their order", () => {
  const mentions = [value(id, "ddsat_"), id, value(id)];
  for (const list of [mentions, mentions.toReversed()]) {
    expect(tokenList([...list, other])).toEqual({ tokenIds: ids, serviceTokenIds: [id], repeated: 2 });
  }
});

test.each([
  ["x", "must be a list, not a string"],
  [{}, "must be a list, not an object"],
  [[], "is empty: list the tokens to revoke"],
])("%j is no list of tokens", (given, problem) => {
  for (const validator of [tokenList, tokenIdList]) expect(() => validator(given)).toThrow(problem);
});

test("every member that names no token is told with its index and without its secret, twenty at most", () => {
  const bad = [id, 7, null, `${value(id)}x`, UNKNOWN];
  expect(() => tokenList(bad)).toThrow(
    /^holds members that name no token: \[1\] must be a string, not a number; \[2\] must be a string, not nothing; \[3\] is neither a token value nor (?!.*a1B2).*; \[4\] is Pulumi's marker for an unknown value, not a token$/,
  );
  expect(() => tokenIdList([value(id)])).toThrow(
    "holds members that name no token: [0] is not a token id but looks like a token value or a public portion: pass it as the argument tokens",
  );
  const problems = (count: number): string => {
    try {
      tokenList(Array<string>(count).fill("-"));
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  expect(problems(20)).toMatch(/\[19\] is neither .*the prefix$/);
  expect(problems(21)).toMatch(/\[19\] is neither .*the prefix; and 1 more like these$/);
  expect(problems(21)).not.toContain("[20]");
});

test("a file that was split into lines is read, whatever ends its lines and with blank ones between", () => {
  const [one, other] = ["000000000Qdww5P8dQtGsa", "3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c"];
  const lines = `\ufeffddpat_${one}\r\n\r\n  ${other}\t\r\n\r\n`.split("\n");
  const read = { tokenIds: ["00000000-0000-1234-0000-000000000000", other], serviceTokenIds: [], repeated: 0 };
  expect(tokenList(lines)).toEqual(read);
  expect(publicTokenList(lines)).toEqual(read);
  expect(tokenIdList(["", ` ${other}\r`])).toEqual({ ...read, tokenIds: [other] });
});

test.each([[["", " \r\n"]], [[""]]])("a list of blank texts alone is refused: %j", (list) => {
  for (const read of [tokenList, publicTokenList, tokenIdList])
    expect(() => read(list)).toThrow(/^holds only blank texts/);
});
