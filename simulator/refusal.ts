/** Thrown where Datadog would answer with an error; the server turns it into that answer. */
export class Refusal extends Error {
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 405 | 429,
    readonly detail: string,
  ) {
    super(`${status} ${detail}`);
  }
}
