/** The first seconds stay silent: work that is done by then needs no words. */
const silence = 3;
/** In a log every line stays, so lines are few. */
const secondsBetweenLogLines = 20;

/**
 * Says on standard error that something is being waited for, and for how long already: on a terminal as one line
 * that is rewritten, in a log as a line now and then.
 *
 * @param {string} what what is waited for
 * @param {() => string} detail what it is doing at this moment
 * @returns {{ done(): void }} to be called at the end, however it ended
 */
export function progress(what, detail = () => "") {
  const started = Date.now();
  const terminal = process.stderr.isTTY;
  let shown = false;
  let seconds = 0;
  const timer = setInterval(() => {
    seconds += 1;
    if (seconds < silence || (!terminal && (seconds - silence) % secondsBetweenLogLines !== 0)) return;
    shown = true;
    const now = detail();
    const line = `${what}: ${duration(Date.now() - started)}${now ? `, ${now}` : ""}`;
    process.stderr.write(terminal ? `\r\x1b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}` : `${line}\n`);
  }, 1000);
  return {
    done() {
      clearInterval(timer);
      if (!shown) return;
      process.stderr.write(`${terminal ? "\r\x1b[K" : ""}${what}: ended after ${duration(Date.now() - started)}\n`);
    },
  };
}

function duration(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
