/** Bytes. Datadog's longest answers have some hundred thousand. */
const LARGEST_BODY = 16 * 1024 ** 2;

/**
 * Reads a body until its end, for so many milliseconds. fetch's own signal is not enough: it is held weakly, so that after
 * a garbage collection a body that never ends would be waited for without end.
 */
export async function readBody({ body }: Response, within: number): Promise<string> {
  const reader = body?.getReader();
  if (!reader) return "";
  const signal = AbortSignal.timeout(within);
  const giveUp = (): void => void reader.cancel().catch(() => undefined);
  signal.addEventListener("abort", giveUp);
  try {
    signal.throwIfAborted();
    const parts: Uint8Array[] = [];
    let size = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value);
      size += part.value.length;
      if (size > LARGEST_BODY) throw new Error(`it sends more than ${LARGEST_BODY / 1024 ** 2} MiB`);
    }
    signal.throwIfAborted();
    return new TextDecoder().decode(Buffer.concat(parts));
  } finally {
    signal.removeEventListener("abort", giveUp);
    giveUp();
  }
}
