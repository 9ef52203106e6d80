import type { Token } from "../datadog/token";
import { counted } from "../text/counts";
import type { Session } from "./session";

/**
 * Warns of what Datadog's answer lacks or has in another way than documented: once a run for each such lack.
 *
 * @param isLeakWanted whether a site that does not tell of leaks lacks something. Default false
 */
export async function warnOfUnclear(
  { messages }: Session,
  tokens: readonly Token[],
  { isLeakWanted = false } = {},
): Promise<void> {
  const lacks = ({ unclear, leak }: Token): readonly string[] =>
    isLeakWanted && leak === undefined ? [...unclear, "relationships.leak_information"] : unclear;
  const odd = tokens.filter((token) => lacks(token).length > 0);
  for (const [fields, [first, ...others]] of Map.groupBy(odd, (token) => lacks(token).join(", "))) {
    const more = others.length === 0 ? "" : `. The same holds for ${counted(others.length, "other token")}`;
    const text =
      `missing in Datadog's answer, or not as documented: ${fields}. ` +
      `What this says of the token is unknown: no criterion and no expect about it matches${more}`;
    await messages.warnOnce(`${first?.tokenId}: ${text}`, `unclear ${fields}`);
  }
}
