import type { Properties } from "../support/host";
import type { Access, Program, Run } from "./program";

/** How a run ended. */
export interface Ran {
  readonly succeeded: boolean;
  /** Everything that the user reads. */
  readonly printed: string;
}

/** A resource in state. */
export interface Stored {
  readonly name: string;
  readonly outputs: Properties;
}

/** A stack of the world's account. */
export interface Stack {
  run(run: Run, program: Program, access: Access): Promise<Ran>;
  state(): Promise<Stored[]>;
  /** All that is kept, to look for secrets. */
  stored(): string;
  dispose(): Promise<void>;
}
