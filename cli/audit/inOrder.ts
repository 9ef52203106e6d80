/**
 * Does something with each item, several at a time, and gives the results in the items' order.
 *
 * @param atOnce how many at most are begun and not handed out yet
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  atOnce: number,
  act: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const begun: Promise<R>[] = [];
  for await (const item of items) {
    const result = act(item);
    // Whoever asks for it gets the failure; until then it must not end the process.
    result.catch(() => {});
    begun.push(result);
    if (begun.length >= atOnce) yield begun.shift() as Promise<R>;
  }
  yield* begun;
}
