import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AnimatedPicture, type Cells } from "../support/animatedPicture";
import { testInBrowser, useBrowser } from "../support/browser";

const browser = useBrowser();
const svg = readFileSync(join(__dirname, "../../docs/demo.svg"), "utf8");
const picture = new AnimatedPicture(svg);
/** Defines `seenAt`. */
const SCRIPT = readFileSync(join(__dirname, "recording.browser.js"), "utf8");

const texts = (frame: readonly (readonly Cells[])[]): string[] =>
  frame
    .flat()
    .map(([, text]) => text)
    .sort();

testInBrowser("the README's recording plays in a browser", async () => {
  const { page, complaints } = await browser.open(svg);
  await page.evaluate(SCRIPT);
  for (const share of [0, 0.1, 0.3, 0.5, 0.7, 1]) {
    const seconds = share * (picture.seconds - 1);
    expect(await page.evaluate(`seenAt(${seconds})`)).toMatchObject({ texts: texts(picture.frame(seconds)) });
  }
  expect(complaints).toEqual([]);
});

testInBrowser("the README's recording stands still at its end for those who prefer reduced motion", async () => {
  const { page } = await browser.open(svg, { reducedMotion: "reduce" });
  await page.evaluate(SCRIPT);
  expect(await page.evaluate("seenAt()")).toEqual({ animations: 0, texts: texts(picture.still()) });
});

testInBrowser("the README's recording is shrunk as a whole where there is less room", async () => {
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
  const { page } = await browser.open(`<img src="${source}" style="max-width: 436px">`);
  const image = page.locator("img");
  expect(
    await image.evaluate(({ naturalWidth, width, naturalHeight, height }) => [
      [naturalWidth, naturalHeight],
      [width, height],
    ]),
  ).toEqual([
    [872, 592],
    [436, 296],
  ]);
});
