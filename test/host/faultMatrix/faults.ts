import type { Fault } from "pulumi-datadog-revocation/simulator";

/** Words that a server might repeat. */
const body = { errors: ["its own words"] };
const status = (status: number, headers: Record<string, string> = {}): Fault => ({
  kind: "status",
  status,
  headers,
  body,
});

/** What strikes one request after the other, by the name that it has in the page. */
export const FAULTS: Record<string, Fault> = {
  "connection reset": { kind: "resetBefore" },
  "no answer": { kind: "hang" },
  "an answer that drips": { kind: "drip" },
  "an answer that is cut": { kind: "cut" },
  "broken JSON": { kind: "malformed" },
  "wrong types": { kind: "malformed", body: JSON.stringify({ data: { id: 5, type: null, attributes: [] }, meta: 1 }) },
  "a page with 200": { kind: "html" },
  "a page with 404": { kind: "html", status: 404 },
  "a gateway's 404": { kind: "status", status: 404, body: { message: "its own words" } },
  redirect: { kind: "redirect", location: "http://127.0.0.1:9/" },
  "401": status(401),
  "403": status(403),
  "408": status(408),
  "409": status(409),
  "500": status(500),
  "503, Retry-After: 0": status(503, { "Retry-After": "0" }),
  "429": status(429),
  "429, Retry-After: 1": status(429, { "Retry-After": "1" }),
  "429, X-RateLimit-Reset: 1": status(429, {
    "X-RateLimit-Limit": "100",
    "X-RateLimit-Period": "60",
    "X-RateLimit-Remaining": "0",
    "X-RateLimit-Reset": "1",
  }),
  "429, both -5": status(429, { "X-RateLimit-Reset": "-5", "Retry-After": "-5" }),
  "429, both a year": status(429, { "X-RateLimit-Reset": "31536000", "Retry-After": "31536000" }),
  "429, both nonsense": status(429, { "X-RateLimit-Reset": "<html>", "Retry-After": "<html>" }),
};

/** Faults that are Datadog's own word, so that nothing was carried out. */
const ITS_OWN_WORD = /^(401|403|408|409|429|a page with 404|a gateway's 404|redirect)/;

/** A known wait stops a whole run, so what is told to wait has runs of its own. */
export const waits = (fault: string): boolean => /: [01]$/.test(fault);

/** When a fault strikes. */
export const MOMENTS = [
  "look-up",
  "listing, first page",
  "listing, later page",
  "DELETE, not carried out",
  "DELETE, carried out",
  "verification",
] as const;
export type Moment = (typeof MOMENTS)[number];

export const isListing = (moment: Moment): boolean => moment.startsWith("listing");

export const DURATIONS = { once: 1, "for ever": Number.POSITIVE_INFINITY };
export type Duration = keyof typeof DURATIONS;

/** The moments that each resource has. A single token is listed only when its path does not know it. */
const MOMENTS_OF = {
  TokenRevocation: MOMENTS.filter((moment) => !isListing(moment)),
  TokenRevocationBatch: MOMENTS,
  TokenSweep: MOMENTS.filter((moment) => moment !== "look-up"),
} satisfies Record<string, readonly Moment[]>;
export type ResourceName = keyof typeof MOMENTS_OF;

/** One fault at one moment of one resource. */
export interface Case {
  readonly resource: ResourceName;
  readonly fault: string;
  readonly moment: Moment;
  readonly duration: Duration;
}

/** A sweep cannot do without the listing, and waits two minutes for it: too long for every run of the tests. */
export const isLong = ({ resource, fault, moment, duration }: Case): boolean =>
  resource === "TokenSweep" && isListing(moment) && duration === "for ever" && waits(fault);

export function allCases(): Case[] {
  const resources = Object.keys(MOMENTS_OF) as ResourceName[];
  return resources.flatMap((resource) =>
    Object.keys(FAULTS).flatMap((fault) =>
      MOMENTS_OF[resource]
        .filter((moment) => moment !== "DELETE, carried out" || !ITS_OWN_WORD.test(fault))
        .flatMap((moment) =>
          (Object.keys(DURATIONS) as Duration[]).map((duration) => ({ resource, fault, moment, duration })),
        ),
    ),
  );
}

/** Seconds that the requests of a moment may go on. */
const SECONDS = { lookUp: 8, act: 12, verification: 30, batchListing: 20, sweepListing: 120 };
/** Answers after which a request is sent again. */
const RETRIED = /^(408|429|5\d\d|connection reset|no answer|an answer that)/;
/** How often a verification looks. */
const LOOKS = 12;

/** How many requests there can be at most, whatever the machine: about the token, or to list. */
export function mostRequests({ resource, fault, moment, duration }: Case): number {
  /** Of one request with all its retries; what is told to wait comes back until the time is over. */
  const attempts = (seconds: number): number => {
    if (fault.endsWith(": 0")) return 4 * seconds + 2;
    if (fault.endsWith(": 1")) return seconds + 2;
    return RETRIED.test(fault) ? 4 : 1;
  };
  // The next attempt mends it, with room for those that come too late on a slow machine.
  if (duration === "once") return 20;
  // Who may not look is not asked to look again.
  const looks = /^40[13]$/.test(fault) ? 1 : LOOKS;
  const verification = Math.max(attempts(SECONDS.verification), looks * attempts(0));
  switch (moment) {
    case "look-up":
      return 2 * attempts(SECONDS.lookUp) + 1 + verification;
    case "verification":
      return 3 + verification;
    case "listing, first page":
    case "listing, later page":
      return resource === "TokenSweep" ? 2 + attempts(SECONDS.sweepListing) : 2 * (2 + attempts(SECONDS.batchListing));
    default:
      return 4 + attempts(SECONDS.act);
  }
}
