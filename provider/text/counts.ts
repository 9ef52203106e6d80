/** A number as people write it: `1,234`. */
export function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

/** `"1 token"`, `"1,234 tokens"`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}
