import { link } from "../../../../../cli/audit/html/markup";

test.each([
  ["https://git.example.com/pull/1", '<a href="https://git.example.com/pull/1" rel="noreferrer">'],
  ["HTTP://ci.example.com", '<a href="http://ci.example.com/" rel="noreferrer">'],
])("%s is a link", (address, start) => {
  expect(link(address).text.startsWith(start)).toBe(true);
});

test.each(["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//example.com", "build 7"])(
  "%s is text",
  (address) => {
    expect(link(address).text).not.toContain("<a");
  },
);
