/** What a program in any language declares, made ready for the handlers: the part that a TypeScript program does itself. */
import { REVOCATION_VALIDATORS, SWEEP_VALIDATORS } from "../provider/core/arguments";
import { compact } from "../provider/core/objects";
import { DECLARED_FIELDS } from "../provider/core/records";
import { type Kind, PLUGIN_TYPES, PROVIDER_PROPERTY, RESOURCE_TYPES } from "../provider/core/resourceTypes";
import {
  ArgumentError,
  demandNone,
  demandOne,
  tokenSyntax,
  type Validators,
  validate,
} from "../provider/core/validators";
import { splitUnknown } from "../provider/handlers/checking";
import { plainLine } from "../provider/text/plainLine";
import { holdsTokenValue } from "../provider/tokens/redact";
import { parsePublicPortion, parseTokenId, refuseValue, type TokenName, UNKNOWN } from "../provider/tokens/tokenIds";
import type { Properties } from "./properties";

/** A resource as the engine names it. */
export interface Named {
  readonly kind: Kind;
  readonly name: string;
  readonly urn: string;
}

/** What `check` computes, and an import hands back as if the program had given it. */
const COMPUTED = ["kind", "status", "snapshot", "matched", "secretArguments", PROVIDER_PROPERTY];

/** @throws Error for a type that there is not, and for the component: the engine asks for that one only to import it */
export function readUrn(urn: string): Named {
  const [, , types = "", ...names] = urn.split("::");
  const type = types.split("$").at(-1);
  if (type === RESOURCE_TYPES.TokenRevocationBatch) throw notImportable("TokenRevocationBatch");
  const kind = (Object.keys(PLUGIN_TYPES) as Kind[]).find((each) => PLUGIN_TYPES[each] === type);
  if (!kind) throw new Error(`${plainLine(String(type))} is not a resource of datadog-revocation`);
  return { kind, name: names.join("::"), urn };
}

/** Only a revocation can be imported: a batch or a sweep has no id outside of its stack. */
export function notImportable(kind: string): Error {
  return new Error(`a ${kind} cannot be imported: declare it in the program`);
}

/** Makes a program's arguments what the handlers take, for the resources of one run. */
export class ProgramArguments {
  /** The resource that names each token, by token id. */
  readonly #declared = new Map<string, Named>();

  /** @throws ArgumentError */
  toInputs(resource: Named, { values, secrets }: Properties): object {
    const { kind, name } = resource;
    if (holdsTokenValue(name)) {
      throw new ArgumentError("its name holds a token value, a secret: name it after the token id or the incident");
    }
    // Made by the batch, in this process.
    if (kind === "TokenRevocationShard") return values;
    const given = Object.fromEntries(Object.entries(values).filter(([argument]) => !COMPUTED.includes(argument)));
    const secret = DECLARED_FIELDS.filter((argument) => secrets.has(argument));
    const inputs = kind === "TokenSweep" ? validated(SWEEP_VALIDATORS, given) : this.#readToken(resource, given);
    return compact({ ...inputs, secretArguments: secret.length > 0 ? secret : undefined });
  }

  /** Reduces a token to its id. */
  #readToken(resource: Named, given: object): object {
    const { token, tokenId, ...others } = validated(REVOCATION, given, demandOne(given, "token", "tokenId"));
    if (token === UNKNOWN) return { ...others, tokenId: UNKNOWN };
    const named = token === undefined ? { tokenId } : (token as TokenName);
    if (named.tokenId !== UNKNOWN) this.#declare(String(named.tokenId), resource);
    return { ...others, ...named };
  }

  /** Refuses a second resource of a token. */
  #declare(tokenId: string, resource: Named): void {
    const first = this.#declared.get(tokenId) ?? resource;
    this.#declared.set(tokenId, first);
    if (first.urn === resource.urn) return;
    const name = `TokenRevocation ${JSON.stringify(first.name)}`;
    throw new ArgumentError(`token ${tokenId} is declared twice, first by ${plainLine(name)}: remove one of the two`);
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
