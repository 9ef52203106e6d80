import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KEYS, quick, root, slow, TOKEN_ID } from "./clients";
import { documentOf, REWRITE, type Row, rowIn, rowOf, unfitReasons } from "./document";
import { header } from "./recorder";

/** `npm run test:all` asks all, `npm test` those that need no compiler. */
const clients = process.env.TEST_ALL ? [...quick, ...slow] : quick;
const documentPath = join(root, "docs/wire.md");
const committed = existsSync(documentPath) ? readFileSync(documentPath, "utf8") : "";
/** Whoever cannot be asked here stands in the document as last written. */
const rows = new Map<string, Row | undefined>([...quick, ...slow].map(({ name }) => [name, rowIn(committed, name)]));

for (const client of clients) {
  const title = `${client.name} sends one DELETE of the token's path, with both keys and without a body`;
  if (client.lacks) {
    console.warn(`${client.name} is not compared: this machine has no ${client.lacks}`);
    test.skip(`${title} (this machine has no ${client.lacks})`, () => {});
    continue;
  }
  test(title, async () => {
    const requests = await client.requests();
    const [request] = requests;
    if (!request) throw new Error("nothing was sent");
    rows.set(client.name, rowOf(client, request));

    expect(requests).toHaveLength(1);
    expect(request).toMatchObject({ method: "DELETE", body: "" });
    // An empty query asks for the same.
    expect(request.target.replace(/\?$/, "")).toBe(`/api/v2/personal_access_tokens/${TOKEN_ID}`);
    expect(header(request, "DD-API-KEY")).toBe(KEYS.apiKey);
    expect(header(request, "DD-APPLICATION-KEY")).toBe(KEYS.appKey);
    expect(header(request, "Authorization")).toBeUndefined();
  });
}

test(`docs/wire.md says what was seen, with a reason for every difference (to write it anew: ${REWRITE})`, () => {
  const seen = [...rows].map(([name, row]) => {
    if (!row) throw new Error(`${name} could not be asked here, and docs/wire.md says nothing of it`);
    return row;
  });
  expect(unfitReasons(seen)).toEqual([]);
  const document = documentOf(seen);
  if (process.env.UPDATE_DOCS) writeFileSync(documentPath, document);
  expect(readFileSync(documentPath, "utf8")).toBe(document);
});
