import ts from "typescript";
import { docsOf, docsOfResult } from "./docs.mts";
import type { Modules, Sources } from "./sources.mts";
import { type ObjectSpec, Types } from "./types.mts";

/** What is read of package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly license: string;
  readonly homepage?: string;
  readonly repository?: { readonly url: string };
}

/** What the doc comments cannot say for all languages: TypeScript's program takes whole values, and reduces them itself. */
function argumentDocs({ HOW_TO_REDUCE }: Modules): Readonly<Record<string, string>> {
  const reduce = `A whole value is a secret and is refused: give its first 28 characters alone (${HOW_TO_REDUCE}).`;
  return {
    token: `The token's public portion, with or without the prefix. Exactly one of \`tokenId\` and \`token\` is given. ${reduce}`,
    tokens:
      "Public portions, with or without the prefix, and token ids, in any mix and any order; those that repeat count " +
      `once. Exactly one of \`tokens\` and \`tokenIds\` is given. ${reduce}`,
  };
}

/** The Pulumi schema of this package. */
export function packageSchema(sources: Sources, modules: Modules, manifest: Manifest) {
  const builder = new Builder(sources, modules);
  const variables = configuration(modules);
  const resources = {
    ...builder.resource("TokenRevocation"),
    // A batch has the failures of all its shards.
    ...builder.resource("TokenRevocationBatch", [builder.output("TokenRevocationShard", "failures")]),
    ...builder.resource("TokenSweep"),
  };
  const functions = builder.getTokens();
  return {
    name: modules.PACKAGE,
    displayName: "Datadog Revocation",
    version: manifest.version,
    description: manifest.description,
    keywords: [...manifest.keywords, "category/cloud", "kind/native"],
    license: manifest.license,
    ...whereItIs(manifest),
    language: {
      nodejs: { respectSchemaVersion: true },
      python: { respectSchemaVersion: true, pyproject: { enabled: true } },
      go: { respectSchemaVersion: true },
      csharp: { respectSchemaVersion: true },
    },
    config: { variables },
    types: builder.types.named,
    provider: {
      description:
        "Where tokens are revoked, and with which credentials: one provider for each organization of Datadog.",
      inputProperties: variables,
    },
    resources,
    functions,
  };
}

function configuration({ CONFIGURATION, SECRET_KEYS }: Modules) {
  const entries = Object.entries(CONFIGURATION).map(([key, spec]) => [
    key,
    { ...spec, ...(SECRET_KEYS.includes(key) && { secret: true }) },
  ]);
  return Object.fromEntries(entries);
}

class Builder {
  readonly types: Types;
  readonly #sources: Sources;
  readonly #modules: Modules;
  readonly #argumentDocs: Readonly<Record<string, string>>;

  constructor(sources: Sources, modules: Modules) {
    this.types = new Types(sources, modules.PACKAGE);
    this.#sources = sources;
    this.#modules = modules;
    this.#argumentDocs = argumentDocs(modules);
  }

  /** @param more outputs beside those that the class declares */
  resource(name: string, more: readonly ts.Symbol[] = []) {
    const { checker } = this.#sources;
    const args = this.#properties(`${name}Args`);
    const docsOfArgument = (property: ts.Symbol): string =>
      this.#argumentDocs[property.name] ?? docsOf(property, checker);
    const docsOfOutput = (property: ts.Symbol): string => {
      const argument = args.find(({ name }) => name === property.name);
      return docsOf(property, checker) || (argument ? docsOfArgument(argument) : "");
    };
    const token = this.#token(name);
    const own = this.#modules.RESOURCE_TYPES[name];
    const outputs = this.types.object(name, [...this.#outputs(name), ...more], docsOfOutput);
    const { properties: inputProperties, required: requiredInputs } = this.types.object(name, args, docsOfArgument);
    return {
      [token]: {
        description: docsOf(this.#sources.exported(name), checker),
        ...(own === token && { isComponent: true }),
        ...outputs,
        inputProperties,
        requiredInputs,
        // By it a TypeScript program's state becomes this type's without a request.
        ...(own !== token && { aliases: [{ type: own }] }),
      },
    };
  }

  /** An output that a class declares. */
  output(name: string, property: string): ts.Symbol {
    const found = this.#outputs(name).find((output) => output.name === property);
    if (!found) throw new Error(`${name} has no output ${property}`);
    return found;
  }

  getTokens() {
    const { checker } = this.#sources;
    const symbol = this.#sources.exported("getTokens");
    const [signature] = checker.getSignaturesOfType(checker.getTypeOfSymbol(symbol), ts.SignatureKind.Call);
    const [where] = signature?.getParameters() ?? [];
    const result = signature?.getDeclaration().type;
    if (!signature || !where || !result) throw new Error("getTokens has no parameter, or no type");
    const tokens = { ...this.types.type(result, "getTokens"), description: docsOfResult(signature) };
    return {
      [this.#token("getTokens")]: {
        description: docsOf(symbol, checker),
        inputs: this.types.object("getTokens", [where, ...this.#properties("GetTokensOptions")]),
        outputs: { properties: { tokens }, required: ["tokens"] } satisfies ObjectSpec,
      },
    };
  }

  #token(name: string): string {
    return `${this.#modules.PACKAGE}:index:${name}`;
  }

  /** The properties of a type; of a union, those that all alternatives have. */
  #properties(name: string): ts.Symbol[] {
    const { checker } = this.#sources;
    return checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(this.#sources.exported(name)));
  }

  #outputs(name: string): ts.Symbol[] {
    return [...(this.#sources.exported(name).members?.values() ?? [])].filter(isOutput);
  }
}

/** Whether a member of a class is written as `Output<…>`. */
function isOutput({ valueDeclaration: declaration }: ts.Symbol): boolean {
  return (
    declaration !== undefined &&
    ts.isPropertyDeclaration(declaration) &&
    /^(pulumi\.)?Output</.test(declaration.type?.getText() ?? "")
  );
}

/**
 * The addresses, and that from which the engine downloads the plugin's executable: the releases of the repository. None
 * while package.json has the placeholder, whose owner nobody on GitHub can be called: an SDK would name it in its imports
 * and in every resource.
 */
function whereItIs({ homepage, repository }: Manifest): Partial<Record<string, string>> {
  const [, owner = "", name = ""] = /github\.com\/([^/]+)\/([^/]+?)(?:\.git)?$/.exec(repository?.url ?? "") ?? [];
  if (owner === "" || owner.includes("--")) return {};
  const url = `https://github.com/${owner}/${name}`;
  return { homepage, repository: url, pluginDownloadURL: `github://api.github.com/${owner}/${name}` };
}
