import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { plainLine } from "../text/plainLine";
import { runError } from "./runError";
import type { TokenRevocationArgs } from "./tokenRevocation";

/** A revocation that a ledger asks for. */
export interface LedgerEntry {
  /** The token's UUID, lowercase: a name for its resource, so that lines can move. */
  readonly tokenId: string;
  /** What the entry says, and what `defaults` says beside it. */
  readonly args: TokenRevocationArgs;
}

/**
 * Reads a ledger: a YAML file that lists the tokens that are revoked, each by `tokenId` or by `token`, its public portion,
 * with any other argument of a `TokenRevocation`. What stands under `defaults` holds for every entry that does not say
 * otherwise; the fields of `expect` each on their own.
 *
 * ```ts
 * for (const { tokenId, args } of readLedger()) new TokenRevocation(tokenId, args);
 * ```
 *
 * Whatever would leave a token out silently is an error: an entry in a comment or in a text, another encoding than UTF-8,
 * a second document. A token that is listed twice counts once, with a warning, unless the two entries differ.
 *
 * @param path the file; a relative path counts from the program's folder
 * @throws pulumi.RunError with every problem of the file, each with its line; it never repeats a value
 */
export function readLedger(path = "revocations.yaml"): LedgerEntry[] {
  // Loaded here, as it needs a parser of YAML, which takes longer to load than the whole package.
  const { parseLedger, problemLine } = require("../core/ledger") as typeof import("../core/ledger");
  const file = basename(path);
  const { entries, problems, warnings } = parseLedger(read(path));
  if (problems.length > 0) throw runError(problems.map((problem) => problemLine(file, problem)).join("\n"));
  for (const warning of warnings) void pulumi.log.warn(problemLine(file, warning));
  return entries.map(({ tokenId, args }) => ({ tokenId, args: args as TokenRevocationArgs }));
}

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // What people most often get wrong is the folder that a relative path counts from.
    const why = code === "ENOENT" ? `no such file: ${plainLine(resolve(path))}` : code;
    throw runError(`${plainLine(basename(path))} cannot be read: ${why}`);
  }
}
