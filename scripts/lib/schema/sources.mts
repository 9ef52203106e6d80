import ts from "typescript";
import { loadSources } from "../loadSources.mts";
import { inRoot } from "../paths.mjs";

/** The provider's sources, as the compiler understands them. */
export class Sources {
  readonly checker: ts.TypeChecker;
  readonly #exports: ReadonlyMap<string, ts.Symbol>;

  /** @param entry the module by whose exports the sources are asked for, from the repository's root */
  constructor(entry: string) {
    const { config, error } = ts.readConfigFile(inRoot("tsconfig.json"), ts.sys.readFile);
    if (error) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, "\n"));
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, inRoot());
    const program = ts.createProgram([inRoot(entry)], options);
    this.checker = program.getTypeChecker();
    const file = program.getSourceFile(inRoot(entry));
    const module = file && this.checker.getSymbolAtLocation(file);
    if (!module) throw new Error(`${entry} is no module`);
    const symbols = this.checker.getExportsOfModule(module);
    this.#exports = new Map(symbols.map((symbol) => [symbol.name, this.original(symbol)]));
  }

  /** What the entry exports under a name. */
  exported(name: string): ts.Symbol {
    const symbol = this.#exports.get(name);
    if (!symbol) throw new Error(`${name} is not exported`);
    return symbol;
  }

  /** What an import stands for. */
  original(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }
}

/** What the schema needs of the sources' values. */
export interface Modules {
  readonly CONFIGURATION: Readonly<Record<string, { readonly type: string; readonly description: string }>>;
  readonly SECRET_KEYS: readonly string[];
  readonly HOW_TO_REDUCE: string;
  readonly PACKAGE: string;
  readonly RESOURCE_TYPES: Readonly<Record<string, string>>;
}

/** Loads the sources themselves, whether or not the package is built. */
export function loadModules(): Promise<Modules> {
  return loadSources(
    "schema",
    `
      export { CONFIGURATION, SECRET_KEYS } from "./provider/datadog/settings";
      export { PACKAGE, RESOURCE_TYPES } from "./provider/core/resourceTypes";
      export { HOW_TO_REDUCE } from "./provider/tokens/tokenIds";`,
  );
}
