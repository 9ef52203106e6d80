import type { DatadogClient } from "../datadog/client";
import { Memo } from "./memo";
import type { Messages } from "./messages";
import type { Act } from "./revoke";

/** Datadog as the credentials of one run reach it, and all that the run has seen and done there. */
export class Session {
  /** What Datadog said. */
  readonly memo = new Memo();
  /** What was revoked, by token id. */
  readonly acts = new Map<string, Promise<Act>>();
  /** Owners whose handles were asked for. */
  readonly ownersAsked = new Set<string>();
  /** How many of many tokens were looked up one by one. */
  lookedUpSingly = 0;
  /** Tokens in a row that Datadog gave no answer for. */
  unanswered = 0;

  /**
   * @param client of the one site and the one pair of credentials that a run has
   * @param requireEngine called before each of many acts: throws or ends the process when nobody could record them
   */
  constructor(
    readonly client: DatadogClient,
    readonly messages: Messages,
    readonly requireEngine: () => Promise<void> = async () => {},
  ) {}
}
