/**
 * Sets the page's animations to a time, if one is given, and returns the texts that can be seen in the terminal of its
 * picture, and how many animations there are.
 */
globalThis.seenAt = (seconds) => {
  const animations = document.getAnimations();
  for (const animation of animations) {
    animation.pause();
    animation.currentTime = seconds * 1000;
  }
  const picture = document.querySelector("svg");
  const terminal = picture.querySelector("svg");
  // The box of the inner one holds what is cut off too.
  const highest = picture.getBoundingClientRect().top + terminal.y.baseVal.value;
  const lowest = highest + terminal.height.baseVal.value;
  const texts = [...terminal.querySelectorAll("text")].filter((text) => {
    const { top, bottom } = text.getBoundingClientRect();
    return top >= highest - 2 && bottom <= lowest + 2 && getComputedStyle(text).visibility === "visible";
  });
  return { animations: animations.length, texts: texts.map(({ textContent }) => textContent).sort() };
};
