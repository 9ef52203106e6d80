import type { Recorder, WireRequest } from "./recorder";

/** What all revoke, and with which credentials. */
export const TOKEN_ID = "3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c";
export const KEYS = {
  kind: "keys",
  apiKey: "d41d8cd98f00b204e9800998ecf8427e",
  appKey: "9a0364b9e99bb480dd25e1f0284c8555da39a3ee",
} as const;

/** Something that revokes a token: this project's client, or one of Datadog's. */
export interface Client {
  readonly name: string;
  /** Absent where it is not pinned: whatever the machine has, or this repository itself. */
  readonly version?: string;
  /** How its request was learned, for docs/wire.md. */
  readonly how: string;
  /** What the machine lacks to run it. */
  readonly lacks?: string | undefined;
  /** What it sends to revoke the token of the tests, once. */
  requests(recorder: Recorder): Promise<WireRequest[]>;
}
