/** What a program in any language declares, made ready for the handlers: the part that a TypeScript program does itself. */
import { REVOCATION_VALIDATORS, SWEEP_VALIDATORS } from "../provider/core/arguments";
import { compact } from "../provider/core/objects";
import { DECLARED_FIELDS } from "../provider/core/records";
import { type Kind, PLUGIN_TYPES, PROVIDER_PROPERTY, RESOURCE_TYPES } from "../provider/core/resourceTypes";
import {
  demandNone,
  demandOne,
  demandPublicName,
  tokenSyntax,
  type Validators,
  validate,
} from "../provider/core/validators";
import { splitUnknown } from "../provider/handlers/checking";
import { plainLine } from "../provider/text/plainLine";
import { parsePublicPortion, parseTokenId, refuseValue, type TokenName, UNKNOWN } from "../provider/tokens/tokenIds";
import type { DeclaredTokens } from "./declaredTokens";
import type { Properties } from "./properties";

/** A resource as the engine names it. */
export interface Named {
  readonly kind: Kind;
  readonly name: string;
  readonly urn: string;
}

const RESOURCES = "TokenRevocation, TokenRevocationBatch or TokenSweep";

/** What `check` computes, and an import hands back as if the program had given it. */
const COMPUTED = ["kind", "status", "snapshot", "matched", "secretArguments", PROVIDER_PROPERTY];

/** @throws Error for a type that there is not, and for the component: the engine asks for that one only to import it */
export function readUrn(urn: string): Named {
  const [, , types = "", ...names] = urn.split("::");
  const type = types.split("$").at(-1);
  if (type === RESOURCE_TYPES.TokenRevocationBatch) throw notImportable("TokenRevocationBatch");
  const kind = (Object.keys(PLUGIN_TYPES) as Kind[]).find((each) => PLUGIN_TYPES[each] === type);
  if (!kind) throw new Error(`${plainLine(String(type))} is not a resource of datadog-revocation: use ${RESOURCES}`);
  return { kind, name: names.join("::"), urn };
}

/** Only a revocation can be imported: a batch or a sweep has no id outside of its stack. */
export function notImportable(kind: string): Error {
  return new Error(`a ${kind} cannot be imported: declare it in the program`);
}

/** Makes a program's arguments what the handlers take, for the resources of one run. */
export class ProgramArguments {
  readonly #declared: DeclaredTokens;

  constructor(declared: DeclaredTokens) {
    this.#declared = declared;
  }

  /**
   * @param olds the inputs that are recorded, if any
   * @throws ArgumentError
   */
  toInputs(resource: Named, { values, secrets }: Properties, olds: Properties["values"]): object {
    const { kind, name } = resource;
    demandPublicName(kind, name);
    // Made by the batch, in this process.
    if (kind === "TokenRevocationShard") return values;
    const given = Object.fromEntries(Object.entries(values).filter(([argument]) => !COMPUTED.includes(argument)));
    const secret = DECLARED_FIELDS.filter((argument) => secrets.has(argument));
    const inputs = kind === "TokenSweep" ? validated(SWEEP_VALIDATORS, given) : this.#readToken(resource, given, olds);
    return compact({ ...inputs, secretArguments: secret.length > 0 ? secret : undefined });
  }

  /** Reduces a token to its id. */
  #readToken({ name, urn }: Named, given: object, olds: Properties["values"]): object {
    // With `ignoreChanges: ["token"]` the engine takes the token out of the arguments: none is recorded, but its id.
    const named = "token" in given || "tokenId" in given ? given : { ...given, tokenId: olds.tokenId };
    const { token, tokenId, ...others } = validated(REVOCATION, named, demandOne(named, "token", "tokenId"));
    if (token === UNKNOWN) return { ...others, tokenId: UNKNOWN };
    const tokenName = token === undefined ? { tokenId } : (token as TokenName);
    if (tokenName.tokenId !== UNKNOWN) {
      this.#declared.declare(String(tokenName.tokenId), { type: "TokenRevocation", name, id: urn });
    }
    return { ...others, ...tokenName };
  }
}

const REVOCATION: Validators = {
  token: tokenSyntax(parsePublicPortion),
  ...REVOCATION_VALIDATORS,
  tokenId: tokenSyntax((text) => {
    refuseValue(text, ", as token");
    return parseTokenId(text);
  }),
};

function validated(
  validators: Validators,
  given: object,
  more: ReturnType<typeof demandOne> = [],
): Readonly<Record<string, unknown>> {
  const { known, unknown } = splitUnknown(given);
  // A name that there is not is wrong whatever its value turns out to be.
  const misnamed = Object.fromEntries(Object.entries(unknown).filter(([name]) => !Object.hasOwn(validators, name)));
  const { values, problems } = validate(validators, { ...known, ...misnamed });
  demandNone([...problems, ...more]);
  return { ...values, ...unknown };
}
