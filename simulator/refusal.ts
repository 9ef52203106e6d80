/** Thrown where Datadog would answer with an error; the server turns it into that answer. */
export class Refusal extends Error {
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 405 | 429 | 500,
    readonly detail: string,
  ) {
    super(`${status} ${detail}`);
  }
}

/** What Datadog answers to a parameter of the path or of the query that it cannot read. */
export function invalidParameter(parameter: string, expected: string): Refusal {
  return new Refusal(400, `invalid parameter "${parameter}": expected ${expected}`);
}
