import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { UsageError } from "../../usageError";
import { withoutSecrets } from "./storeAddress";

/** A store's client is not installed. */
export class PackageMissing extends Error {
  /** @param names what to install, separated by spaces */
  constructor(readonly names: string) {
    super(`${names}: not installed`);
  }
}

/** Loads packages that are only used where the user has installed them. */
export type LoadPackages = <T extends readonly unknown[]>(...names: { [I in keyof T]: string }) => T;

/**
 * Loads them as this package finds them, else as the project does in whose folder the command runs.
 *
 * @throws PackageMissing
 */
export function packagesFrom(folder: string): LoadPackages {
  const requires = [createRequire(__filename), createRequire(join(resolve(folder), "package.json"))];
  return <T extends readonly unknown[]>(...names: { [I in keyof T]: string }) => {
    const found = (names as readonly string[]).map((name) => ({ name, load: finder(requires, name) }));
    const missing = found.filter(({ load }) => load === undefined);
    if (missing.length > 0) throw new PackageMissing(missing.map(({ name }) => name).join(" "));
    return found.map(({ load }) => load?.()) as unknown as T;
  };
}

function finder(requires: readonly NodeJS.Require[], name: string): (() => unknown) | undefined {
  const require = requires.find((each) => {
    try {
      return each.resolve(name);
    } catch {
      return false;
    }
  });
  return require && (() => load(require, name));
}

function load(require: NodeJS.Require, name: string): unknown {
  try {
    return require(name);
  } catch (error) {
    throw new UsageError(`Cannot load the package ${name}: ${withoutSecrets(String(error))}`);
  }
}
