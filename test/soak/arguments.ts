import type { Properties } from "../support/host";
import type { Batch, Declaration, Revocation, Sweep, TokenNumber } from "./program";
import { idOf, kindOf, nameOf, type World } from "./world";

/** The arguments of a declaration, as a user writes them. */
export function argumentsOf(as: Declaration, world: World): Properties {
  if (as.type === "revocation") {
    const { token, byValue } = as;
    const account = as.account === undefined ? {} : { serviceAccountId: world.accountId(as.account) };
    return {
      ...(byValue ? { token: world.valueOf(token) } : { tokenId: idOf(token) }),
      ...account,
      ...common(as, world),
    };
  }
  if (as.type === "batch") {
    const name = (token: TokenNumber): string => (as.byValue ? world.valueOf(token) : idOf(token));
    return { tokens: as.tokens.map(name), ...common(as, world) };
  }
  const { group, exempt, enforce, fuse } = as;
  return {
    where: { namePattern: `${group}/*` },
    ...(exempt !== undefined && { exempt: { names: [nameOf(exempt)] } }),
    ...(enforce !== undefined && { enforce }),
    ...(fuse !== undefined && { maxRevocations: fuse }),
    ...common(as, world),
  };
}

function common(as: Revocation | Batch | Sweep, { simulator }: World): Properties {
  const { reason, verify, onNotFound, allowSelf, organization, name, token } = as as Revocation;
  const organizationId = organization === "wrong" ? "99999999-0000-4000-8000-000000000009" : simulator.organization.id;
  const expect = {
    ...(name && { name: name === "right" ? nameOf(token) : "another name" }),
    ...(organization && { organizationId }),
  };
  return {
    ...(reason !== undefined && { reason }),
    ...(verify !== undefined && { verify }),
    ...(onNotFound && { onNotFound }),
    ...(allowSelf && { allowSelf }),
    ...(Object.keys(expect).length > 0 && { expect }),
  };
}

/** The digits with which the account's ids begin: a batch's shards that ever hold something. */
export const DIGITS = ["0", "3", "a", "c", "d", "f"] as const;

/** A resource as the engine gets it from the package. */
export interface Registered {
  readonly name: string;
  readonly module: "host/tokenRevocation" | "host/tokenRevocationShard" | "host/tokenSweep";
  readonly inputs: Properties;
}

/** What the package makes of a declaration: a batch's shards without those that never hold anything. */
export function registered(name: string, as: Declaration, world: World): Registered[] {
  const { token: value, tokens: _, ...inputs } = argumentsOf(as, world);
  const isService = (token: TokenNumber): boolean => typeof kindOf(token).owner === "number";
  if (as.type === "sweep") return [{ name, module: "host/tokenSweep", inputs }];
  if (as.type === "revocation") {
    const named = value && { tokenId: idOf(as.token), kind: isService(as.token) ? "service" : "personal" };
    return [{ name, module: "host/tokenRevocation", inputs: { ...inputs, ...(named as object) } }];
  }
  const tokens = [...new Set(as.tokens)].toSorted((one, other) => (idOf(one) < idOf(other) ? -1 : 1));
  const shards = DIGITS.map((digit): Registered => {
    const inShard = tokens.filter((token) => kindOf(token).digit === digit);
    const service = as.byValue ? inShard.filter(isService).map(idOf) : [];
    const batch = { name, shard: digit, size: tokens.length, maxRevocations: 1000 };
    const known = { tokenIds: inShard.map(idOf), ...(service.length > 0 && { serviceTokenIds: service }), batch };
    return { name: `${name}-${digit}`, module: "host/tokenRevocationShard", inputs: { ...known, ...inputs } };
  });
  // Last goes the one that may hold the token that authenticates the run.
  return shards.toSorted((one, other) => Number(one.name.endsWith("d")) - Number(other.name.endsWith("d")));
}
