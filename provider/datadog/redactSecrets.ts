/** Takes a run's own credentials out of texts. Token values go by their shape: `redactTokenValues`. */
export type Redact = (text: string) => string;

/** Replaces whole secrets. */
export function redactWhole(secrets: readonly string[]): Redact {
  // The longest first: one may be a part of another.
  const ordered = secrets.toSorted((a, b) => b.length - a.length);
  return (text) => ordered.reduce((rest, secret) => rest.replaceAll(secret, "[redacted]"), text);
}

/** A part of this length counts as the secret. */
const TELLING = 8;

/**
 * Replaces every telling part of secrets too: a text about a failure may repeat them cut short, wrapped or escaped.
 * Takes too long for texts of megabytes.
 */
export function redactParts(secrets: readonly string[]): Redact {
  const parts = new Set(
    secrets.flatMap((secret) => [...secret.slice(TELLING - 1)].map((_, start) => secret.slice(start, start + TELLING))),
  );
  return (text) => {
    let shown = "";
    let rest = 0;
    for (let at = 0; at + TELLING <= text.length; at++) {
      if (!parts.has(text.slice(at, at + TELLING))) continue;
      if (at >= rest) shown += `${text.slice(rest, at)}[redacted]`;
      rest = at + TELLING;
    }
    return shown + text.slice(rest);
  };
}
