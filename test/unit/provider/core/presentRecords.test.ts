import { presentRecords } from "../../../../provider/core/presentRecords";
import type { RevocationRecord, Status } from "../../../../provider/core/records";
import { type Answer, json } from "../../../support/server";
import {
  askedAboutTokens,
  FORBIDDEN,
  get,
  idOf,
  LISTING,
  listed,
  PERSON,
  sessionWith,
  snapshotOf,
  tokenOf,
} from "./sessionFor";

const alive = (number: number): Answer => json(200, { data: tokenOf(PERSON, idOf(number)) });
const recordOf = (number: number, status: Status): RevocationRecord => ({
  ...{ tokenId: idOf(number), status, outcome: "revoked", revokedAt: "2026-01-01T00:00:00.000Z", httpStatus: 204 },
  snapshot: snapshotOf(PERSON, idOf(number)),
});

async function present(answers: Record<string, Answer>, records: readonly RevocationRecord[]) {
  const { server, session, said } = await sessionWith(answers, { retry: { maxRetries: 0 } });
  const now = await presentRecords(
    session,
    records.map((record) => ({ record })),
    { concurrency: 1 },
  );
  return { records: now, said, asked: askedAboutTokens(server) };
}

test("records get the status that one listing gives them, and nothing else of them changes", async () => {
  const { records, asked } = await present({ [LISTING]: listed(tokenOf(PERSON, idOf(1))) }, [
    recordOf(1, "revoked"),
    recordOf(2, "revoked"),
  ]);
  expect(records).toEqual([recordOf(1, "alive"), recordOf(2, "revoked")]);
  expect(new Set(asked)).toEqual(new Set([LISTING]));
});

test("a token that was alive and is merely not listed is asked for by its own path", async () => {
  const { records } = await present({ [LISTING]: listed(), [get(1)]: alive(1) }, [
    recordOf(1, "alive"),
    recordOf(2, "alive"),
  ]);
  expect(records).toEqual([recordOf(1, "alive"), recordOf(2, "revoked")]);
});

test("a token that its own path does not know is not asked for again", async () => {
  const { records, asked } = await present({ [LISTING]: listed() }, [recordOf(1, "alive")]);
  expect(records).toEqual([recordOf(1, "revoked")]);
  expect(asked).toEqual([get(1), LISTING]);
});

test("what cannot be seen keeps its status, and that is said once", async () => {
  const before = [recordOf(1, "revoked"), recordOf(2, "alive")];
  const { records, said } = await present({ [LISTING]: FORBIDDEN }, before);
  expect(records).toEqual(before);
  expect(said).toEqual([
    expect.stringMatching(
      `^WARNING ${idOf(1)}: could not be checked; the recorded status is kept: GET .* answered 403`,
    ),
  ]);
});
