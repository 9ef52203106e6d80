import { toTable } from "../../../../provider/text/textTable";

describe("a table", () => {
  test("lines up its columns, whatever alphabet its cells are in", async () => {
    const rows = [
      ["deploy", "ada@example.com"],
      ["日本語のトークン", "grace@example.com"],
      ["👩‍💻 e\u0301", ""],
    ];
    expect(await toTable(["NAME", "OWNER"], rows)).toEqual([
      "NAME              OWNER",
      "deploy            ada@example.com",
      "日本語のトークン  grace@example.com",
      "👩‍💻 e\u0301",
    ]);
  });

  test("fits the terminal: the widest cells give first, and what must stay whole does", async () => {
    const id = "3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c";
    const rows = [[id, "a very long name that somebody gave to it", "ada"]];
    expect(await toTable([{ heading: "ID", whole: true }, "NAME", "OWNER"], rows, 60)).toEqual([
      `${"ID".padEnd(38)}${"NAME".padEnd(17)}OWNER`,
      `${id}  a very long na…  ada`,
    ]);
  });

  test("that cannot fit is as narrow as its cells can be read", async () => {
    expect(await toTable(["NAME", "OWNER"], [["a very long name", "somebody@example.com"]], 5)).toEqual([
      "NAME      OWNER",
      "a very…   somebod…",
    ]);
  });

  test("takes no orders from its cells: no escapes, no line breaks, no secrets", async () => {
    const value = `ddpat_1vCPtzKGJML79G0rwH3qpw_${"x".repeat(36)}`;
    const [, row] = await toTable(["NAME", "SCOPES"], [[`\u001b[31mred\r\n\u202e${value}`, "x"]]);
    expect(row).toBe("[31mred ddpat_1vCPtzKGJML79G0rwH3qpw_[redacted]  x");
  });
});
