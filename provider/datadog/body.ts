/** Bytes. Datadog's longest answers have some hundred thousand. */
const LARGEST_BODY = 16 * 1024 ** 2;

/**
 * Reads a body until its end or the signal. fetch alone would not do: what passes the signal on to it is held weakly,
 * so that after a garbage collection a body that never ends was never given up.
 */
export async function readBody({ body }: Response, signal: AbortSignal): Promise<string> {
  const reader = body?.getReader();
  if (!reader) return "";
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
