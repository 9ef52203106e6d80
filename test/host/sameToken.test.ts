import { failure, revoke, said, sent, useHosted } from "../support/hosted";

const hosted = useHosted();


describe("a second resource of one token, which the program could not see", () => {
  test("has the record of the first, and nothing is sent for it", async () => {
    const { id: tokenId } = hosted.token();
    const first = await revoke(hosted.host, { tokenId });
    const since = hosted.simulator.requests().length;
    const second = await revoke(hosted.host, { tokenId, reason: "again" });
    expect(second.properties).toEqual({ ...first.properties, reason: "again" });
    expect(hosted.simulator.requests(since)).toEqual([]);
    expect(said(hosted.host, tokenId)).toEqual([]);
  });

  test("waits for the first when both are created at once", async () => {
    const { id: tokenId } = hosted.token();
    const { inputs } = await hosted.host.check({}, { tokenId });
    const [first, second] = await Promise.all([hosted.host.create(inputs), hosted.host.create(inputs)]);
    expect(second).toEqual(first);
    expect(sent(hosted, tokenId)).toEqual(["GET 200", "DELETE 204", "GET 404"]);
  });

  test("is judged by its own guards", async () => {
    const { id: tokenId } = hosted.token();
    await revoke(hosted.host, { tokenId });
    const error = await failure(hosted.host.create({ tokenId, status: "revoked", expect: { name: "another" } }));
    expect(error.message).toContain('not "another" as expect.name says');
  });

  test("tries itself when the first failed", async () => {
    const { id: tokenId } = hosted.token();
    hosted.simulator.fault({ method: "DELETE", path: hosted.path(tokenId) }, { kind: "status", status: 403 });
    const { inputs } = await hosted.host.check({}, { tokenId });
    await failure(hosted.host.create(inputs));
    expect((await hosted.host.create(inputs)).properties).toMatchObject({ outcome: "revoked" });
  });
});
