"use strict";

/**
 * Sorts, filters and pages the table of records. It keeps no more rows in the document than are shown at once, so that
 * thousands of records stay quick; rows that did not come as elements are made when they are first shown. recordTable.ts
 * writes the elements and the data that it works on.
 */
(() => {
  const byId = (id) => document.getElementById(id);
  const table = byId("records");
  const rows = [...table.tBodies];
  const { page: PAGE, ranks, states, rest } = JSON.parse(byId("data").textContent);
  const all = states.map((_, index) => index);
  const headings = [...table.tHead.rows[0].cells];
  const number = (value) => value.toLocaleString("en-US");

  let order = all;
  let matching = all;
  let first = 0;

  function row(index) {
    if (rows[index] === undefined) {
      const template = document.createElement("template");
      template.innerHTML = `<table>${rest[index - PAGE]}</table>`;
      rows[index] = template.content.querySelector("tbody");
    }
    return rows[index];
  }

  const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };
  const inText = (html) => html.replace(/<[^>]*>/g, "").replace(/&[a-z0-9#]+;/g, (entity) => ENTITIES[entity]);
  let texts;

  /** What a record says, in lower case; collected when it is first searched. */
  function text(index) {
    texts ??= all.map((each) => (each < PAGE ? rows[each].textContent : inText(rest[each - PAGE])).toLowerCase());
    return texts[index];
  }

  function show() {
    const last = Math.min(first + PAGE, matching.length);
    put(matching.slice(first, last));
    byId("pages").hidden = matching.length <= PAGE;
    byId("page").textContent = `${number(first + 1)}\u2013${number(last)} of ${number(matching.length)}`;
    byId("previous").disabled = first === 0;
    byId("next").disabled = last === matching.length;
    byId("shown").textContent =
      (matching.length === all.length ? "" : `${number(matching.length)} of `) +
      number(all.length) +
      (all.length === 1 ? " record" : " records");
  }

  function put(indexes) {
    for (const shown of [...table.tBodies]) shown.remove();
    table.append(...indexes.map(row));
  }

  function filter() {
    const words = byId("text").value.toLowerCase().split(/\s+/).filter(Boolean);
    const state = byId("state").value;
    matching = order.filter(
      (index) => (state === "" || states[index].includes(state)) && words.every((word) => text(index).includes(word)),
    );
    first = 0;
    show();
  }

  function sort(column) {
    const heading = headings[column];
    const descending = heading.getAttribute("aria-sort") === "ascending";
    for (const other of headings) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    byId("sorting").textContent =
      `Sorted by ${heading.textContent.toLowerCase()}${descending ? ", descending." : ", ascending."}`;

    const ranksOf = ranks[column];
    const unknown = (index) => (ranksOf[index] === null ? 1 : 0);
    const direction = descending ? -1 : 1;
    order = all.toSorted((a, b) => unknown(a) - unknown(b) || direction * (ranksOf[a] - ranksOf[b]));
    filter();
  }

  function turn(by) {
    first += by;
    show();
    table.scrollIntoView();
  }

  /** A link to a record: shows the page that it is on, with its details open. */
  function follow() {
    const index = Number(/^#record-(\d+)$/.exec(location.hash)?.[1]) - 1;
    if (!(index in all)) return;
    if (!matching.includes(index)) clear();
    first = Math.floor(matching.indexOf(index) / PAGE) * PAGE;
    show();
    row(index).querySelector("details").open = true;
    // Again, now that the row is there: the browser scrolls to it, marks it, and continues from it with the next Tab.
    location.replace(location.hash);
  }

  function clear() {
    byId("text").value = "";
    byId("state").value = "";
    filter();
  }

  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sort(column));
    heading.append(button);
  });
  byId("text").addEventListener("input", filter);
  byId("state").addEventListener("change", filter);
  byId("clear").addEventListener("click", () => {
    clear();
    byId("text").focus();
  });
  byId("previous").addEventListener("click", () => turn(-PAGE));
  byId("next").addEventListener("click", () => turn(PAGE));
  addEventListener("hashchange", follow);

  /** All matching records are printed, unfolded: on paper nobody can turn pages. */
  let folded = [];
  addEventListener("beforeprint", () => {
    put(matching);
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const details of folded) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of folded) details.open = false;
    show();
  });

  byId("controls").hidden = false;
  show();
  follow();
})();
