import { fromLists, toLists } from "../../../../provider/core/acts";
import type { Act, Recorded, RevocationRecord } from "../../../../provider/core/records";
import { idOf } from "./sessionFor";

const at = (time: string): string => `2026-11-20T${time}Z`;
const recordOf = (number: number, time = "10:00:00.000"): RevocationRecord => ({
  ...{ tokenId: idOf(number), status: "revoked", outcome: "revoked", revokedAt: at(time), httpStatus: 204 },
});
const actor = { id: "a", handle: "ana@example.com", organizationId: "b" };
const apiUrl = "https://api.datadoghq.eu";
const first: Act = { apiUrl, actor, reason: "leaked", ticket: "INC-1" };
const second: Act = { apiUrl, actor, reason: "left", ticket: "INC-2" };

test("records of one act share it, and come back with it", () => {
  const recorded: Recorded[] = [
    { record: recordOf(3), act: second },
    { record: recordOf(1), act: first },
    { record: recordOf(2), act: { ...first } },
  ];
  const lists = toLists(recorded, [first]);
  expect(lists).toEqual({
    records: [
      { ...recordOf(1), act: 0 },
      { ...recordOf(2), act: 0 },
      { ...recordOf(3), act: 1 },
    ],
    acts: [first, second],
  });
  const read = fromLists({ ...lists, apiUrl });
  expect(read.map(({ record: { tokenId }, act }) => [tokenId, act])).toEqual([
    [idOf(1), first],
    [idOf(2), first],
    [idOf(3), second],
  ]);
  expect(toLists(read, lists.acts)).toEqual(lists);
});

test("an act without a record is forgotten, and those that stand there keep their order", () => {
  const lists = toLists([{ record: recordOf(1), act: second }, { record: recordOf(2) }], [first, second]);
  expect(lists).toEqual({ records: [{ ...recordOf(1), act: 0 }, recordOf(2)], acts: [second] });
  expect(toLists([{ record: recordOf(1) }])).toEqual({ records: [recordOf(1)] });
  expect(toLists([{ record: { ...recordOf(1), act: 7 } }])).toEqual({ records: [recordOf(1)] });
});

// It tells of the last run only.
describe("state of 0.1.0", () => {
  const state = { apiUrl, actor, reason: "leaked" };

  test.each([
    ["one run's records have its act", ["10:00:00.000", "10:00:00.900", "10:00:01.800"], [true, true, true]],
    ["a later run's records alone have it", ["10:00:00.000", "10:00:05.000", "10:00:05.300"], [false, true, true]],
    ["whatever their order", ["10:00:05.000", "10:00:00.000", "10:00:05.300"], [true, false, true]],
  ])("%s", (_, times, known) => {
    const records = times.map((time, index) => recordOf(index, time));
    const read = fromLists({ ...state, records });
    expect(read.map(({ act }) => act)).toEqual(known.map((isKnown) => (isKnown ? state : undefined)));
    for (const each of read) expect(each.act ?? each.place).toMatchObject({ apiUrl, actor });
  });

  test("that was updated since says no more of the others", () => {
    const records = [recordOf(1), { ...recordOf(2, "12:00:00.000"), act: 0 }];
    const [old, later] = fromLists({ ...state, records, acts: [second] });
    expect([old?.act, later?.act]).toEqual([undefined, second]);
  });

  test("without any answer of Datadog's knows no place", () => {
    expect(fromLists({ records: [recordOf(1)] })).toEqual([{ record: recordOf(1) }]);
  });
});
