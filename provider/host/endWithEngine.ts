/** Milliseconds. The engine waits five seconds for its processes. */
const LAST_WORDS = 500;

/**
 * Ends this process when the engine needs nothing more of it, which it says by an interrupt.
 *
 * @param end says what is left to say
 */
export function endWithEngine(end: () => Promise<void>): void {
  process.once("SIGINT", () => {
    const exit = (): never => process.exit(0);
    setTimeout(exit, LAST_WORDS);
    void end().finally(exit);
  });
}
