/**
 * Measures the boxes of a report in the page that it is evaluated in: a list of what is cut, overlaps, or can only be
 * seen by scrolling sideways, a sentence each. Empty: all fits.
 */
(() => {
  /** What rounding may move an edge by, in pixels. */
  const SLACK = 0.5;
  const problems = [];
  const width = document.documentElement.clientWidth;
  const text = (element) => JSON.stringify(element.textContent.trim().slice(0, 40));
  const isIn = (inner, outer) => inner.left >= outer.left - SLACK && inner.right <= outer.right + SLACK;
  const isWithin = (inner, outer) =>
    isIn(inner, outer) && inner.top >= outer.top - SLACK && inner.bottom <= outer.bottom + SLACK;
  const touch = (one, other) =>
    one.left < other.right - SLACK &&
    other.left < one.right - SLACK &&
    one.top < other.bottom - SLACK &&
    other.top < one.bottom - SLACK;
  const window = { left: 0, right: width };

  if (document.documentElement.scrollWidth > width) {
    problems.push(`the page is ${document.documentElement.scrollWidth} wide where ${width} are seen`);
  }
  for (const element of document.querySelectorAll("body, body :is(main, section, div, details, nav, table, dl, ul)")) {
    const { overflowX } = getComputedStyle(element);
    if (/auto|scroll/.test(overflowX) && element.scrollWidth > element.clientWidth) {
      problems.push(`${element.tagName} .${element.className} must be scrolled sideways`);
    }
  }

  for (const drawing of document.querySelectorAll("svg[role=img]")) {
    const name = drawing.querySelector("title").textContent;
    const box = drawing.getBoundingClientRect();
    if (!isIn(box, window)) problems.push(`${name}: the drawing is cut`);
    const labels = [...drawing.querySelectorAll("text")]
      .filter((label) => getComputedStyle(label.parentElement).display !== "none")
      .map((label) => ({ label, box: label.getBoundingClientRect() }));
    labels.forEach((one, index) => {
      if (one.box.width === 0) problems.push(`${name}: nothing is seen of the label ${text(one.label)}`);
      if (!isWithin(one.box, box)) problems.push(`${name}: the label ${text(one.label)} is cut`);
      for (const other of labels.slice(index + 1)) {
        if (touch(one.box, other.box)) problems.push(`${name}: ${text(one.label)} touches ${text(other.label)}`);
      }
    });
    const plot = drawing.querySelector(".base").getBoundingClientRect();
    for (const bar of drawing.querySelectorAll("rect")) {
      const bounds = bar.getBoundingClientRect();
      // The line itself is drawn round its middle.
      if (!isIn(bounds, plot) || bounds.top < box.top || bounds.bottom > plot.bottom + 1) {
        problems.push(`${name}: the bar ${text(bar)} is cut`);
      }
      if (bounds.width < 1 || bounds.height < 1) problems.push(`${name}: the bar ${text(bar)} cannot be seen`);
    }
    for (const mark of drawing.querySelectorAll("path")) {
      if (!isWithin(mark.getBoundingClientRect(), box)) problems.push(`${name}: a mark is cut`);
    }
  }

  for (const cell of document.querySelectorAll("th, td")) {
    if (!cell.checkVisibility()) continue;
    const box = cell.getBoundingClientRect();
    if (!isIn(box, window)) problems.push(`the cell ${text(cell)} is cut`);
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const { currentNode } = texts;
      if (
        !currentNode.data.trim() ||
        currentNode.parentElement.closest(".unseen") ||
        !currentNode.parentElement.checkVisibility()
      )
        continue;
      const range = document.createRange();
      range.selectNodeContents(currentNode);
      if (!isIn(range.getBoundingClientRect(), box)) {
        problems.push(`the text ${text(currentNode)} leaves its cell ${text(cell)}`);
      }
      const isShortWord = /^\p{L}{1,10}$/u.test(currentNode.data.trim());
      if (isShortWord && new Set([...range.getClientRects()].map(({ top }) => top)).size > 1) {
        problems.push(`the word ${text(currentNode)} is broken`);
      }
    }
  }
  return [...new Set(problems)];
})();
