import { Messages } from "../../../../provider/core/messages";
import { listener } from "./sessionFor";

const VALUE = ["ddpat_1vCPtzKGJML79G0rwH3qpw", "0123456789abcdefghijklmnopqrstuvwxyz"].join("_");

function start() {
  const sink = listener();
  return { messages: new Messages(sink), said: sink.lines };
}

test("messages are plain lines without secrets, each as severe as it is", async () => {
  const { messages, said } = start();
  await messages.warn(`a\nwarning of ${VALUE}`);
  await messages.info("\u001b[31mnews");
  await messages.progress("half\r\ndone");
  expect(said).toEqual([
    "WARNING a warning of ddpat_1vCPtzKGJML79G0rwH3qpw_[redacted]",
    "INFO [31mnews",
    "… INFO half done",
  ]);
});

test("a warning is given once a topic, its own text by default", async () => {
  const { messages, said } = start();
  for (const text of ["one", "two", "one"]) await messages.warnOnce(text);
  for (const text of ["three", "four"]) await messages.warnOnce(text, "a topic");
  expect(said).toEqual(["WARNING one", "WARNING two", "WARNING three"]);
});

test("of many warnings of a kind the first three are given, and the third says so", async () => {
  const { messages, said } = start();
  await Promise.all([1, 2, 3, 4, 5].map((number) => messages.warnOfFew(`${number}`, "numbers")));
  await messages.warnOfFew("a letter", "letters");
  expect(said).toEqual([
    "WARNING 1",
    "WARNING 2",
    "WARNING 3. Further warnings of this kind are suppressed; see the records",
    "WARNING a letter",
  ]);
});
