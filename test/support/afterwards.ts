const all: (() => unknown)[] = [];

/**
 * Does something after the last test of the file, in the reverse order, whatever became of the tests: a failed assertion
 * before a `stop()` must leave nothing running.
 */
export function afterwards(act: () => unknown): void {
  all.push(act);
}

// When this is loaded no test runs yet, so it holds for the whole file.
afterAll(async () => {
  const results = [];
  for (const act of all.splice(0).reverse()) results.push(...(await Promise.allSettled([(async () => act())()])));
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
});
