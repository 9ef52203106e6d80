/** Bytes. Datadog's longest answers have some hundred thousand. */
const LARGEST_BODY = 16 * 1024 ** 2;

/**
 * Reads a body until its end, for so many milliseconds. fetch's own signal is not enough: it is held weakly, so that after
 * a garbage collection a body that never ends would be waited for without end.
 */
export async function readBody(response: Response, within: number): Promise<string> {
  return new TextDecoder().decode(await readBytes(response, within));
}

/** The same, byte for byte. @param most bytes, of which more are an error */
export async function readBytes({ body }: Response, within: number, most = LARGEST_BODY): Promise<Buffer> {
  const reader = body?.getReader();
  if (!reader) return Buffer.alloc(0);
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
      if (size > most) throw new Error(`it sends more than ${Math.floor(most / 1024 ** 2)} MiB`);
    }
    signal.throwIfAborted();
    return Buffer.concat(parts);
  } finally {
    signal.removeEventListener("abort", giveUp);
    giveUp();
  }
}
