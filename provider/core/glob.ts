/**
 * Whether a whole text matches a pattern, in which `*` stands for any text, also none, and `?` for one character.
 * Everything else stands for itself. Its time is at most in proportion to the product of the two lengths.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const wanted = [...pattern];
  const given = [...text];
  let at = 0;
  let from = 0;
  // Where the last `*` stands, and how far its text reaches.
  let star = -1;
  let reach = 0;
  while (from < given.length) {
    if (wanted[at] === "*") {
      star = at++;
      reach = from;
    } else if (wanted[at] === "?" || wanted[at] === given[from]) {
      at++;
      from++;
    } else if (star >= 0) {
      at = star + 1;
      from = ++reach;
    } else {
      return false;
    }
  }
  while (wanted[at] === "*") at++;
  return at === wanted.length;
}
