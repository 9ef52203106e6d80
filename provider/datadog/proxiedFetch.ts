import type { HttpProxy } from "./proxy";

/** Milliseconds for which a proxy may keep silent. */
const PROXY_TIMEOUT = 10_000;

/**
 * A fetch whose requests all go through a proxy: none is sent past it. Node's own fetch takes no proxy from its caller, so
 * this one is the npm package's, which is loaded for it only.
 */
export async function fetchThrough({ url, authorization }: HttpProxy): Promise<typeof fetch> {
  const { fetch: send, Pool, ProxyAgent } = await import("undici");
  const dispatcher = new ProxyAgent({
    uri: url,
    ...(authorization !== undefined && { token: authorization }),
    // A proxy that never answers would keep the process alive for minutes.
    clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: PROXY_TIMEOUT }),
  });
  return async (input, init) => {
    // Of Node's own class, which the package's fetch does not know.
    const request = new Request(input, init);
    const response = await send(request.url, {
      method: request.method,
      headers: [...request.headers],
      body: request.body === null ? null : await request.text(),
      redirect: request.redirect,
      signal: request.signal,
      dispatcher,
    });
    return response as unknown as Response;
  };
}
