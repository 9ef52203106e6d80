/** The component, which is declared in this process whatever language the program is in. */
import * as pulumi from "@pulumi/pulumi";
import type { Alias } from "@pulumi/pulumi/proto/alias_pb";
import { type ConstructRequest, ConstructResponse } from "@pulumi/pulumi/proto/provider_pb";
import { setAllConfig } from "@pulumi/pulumi/runtime/config";
import { serializeResourceProperties } from "@pulumi/pulumi/runtime/rpc";
import { PACKAGE, RESOURCE_TYPES } from "../provider/core/resourceTypes";
import type { Run } from "../provider/core/run";
import { demandPublicName } from "../provider/core/validators";
import { plainLine } from "../provider/text/plainLine";
import type { DeclaredTokens } from "./declaredTokens";
import { toStruct } from "./properties";
import {
  awaitFeatureSupport,
  containsUnknowns,
  DependencyProviderResource,
  DependencyResource,
  deserializeInputs,
  resetOptions,
  rootStackResource,
  waitForRPCs,
  withLocalStorage,
} from "./sdkInternals";
import { declareBatch } from "./tokenRevocationBatch";

interface Surroundings {
  readonly run: Run;
  readonly declared: DeclaredTokens;
  readonly engineAddress: string;
  /** How the engine refers to this provider, where it says so. */
  readonly self: string | undefined;
}

/**
 * Declares a batch and its shards, and answers when all of them are recorded.
 *
 * @throws Error for arguments that cannot be used; in the end also for tokens that could not be revoked, as no program of
 * ours is there to tell the engine later
 */
export async function construct(
  request: ConstructRequest,
  { run, declared, engineAddress, self }: Surroundings,
): Promise<ConstructResponse> {
  const [type, name] = [request.getType(), request.getName()];
  if (type !== RESOURCE_TYPES.TokenRevocationBatch) {
    throw new Error(`${plainLine(type)} is not a component of datadog-revocation: use TokenRevocationBatch`);
  }
  demandPublicName("TokenRevocationBatch", name);
  return withLocalStorage(async () => {
    resetOptions(
      request.getProject(),
      request.getStack(),
      request.getParallel(),
      engineAddress,
      request.getMonitorendpoint(),
      request.getDryrun(),
      request.getOrganization(),
    );
    await awaitFeatureSupport();
    setAllConfig(Object.fromEntries(request.getConfigMap().entries()), request.getConfigsecretkeysList());
    const inputs = await inputsOf(request);
    const id = `${request.getParent()} ${name}`;
    const declare = (tokenId: string) => declared.declare(tokenId, { type: "TokenRevocationBatch", name, id });
    const { urn, outputs, failure } = await declareBatch(name, inputs, optionsOf(request, self), { run, declare });
    const [state] = await serializeResourceProperties(name, outputs);
    await waitForRPCs();
    if (failure !== undefined) throw new Error(failure);
    const response = new ConstructResponse();
    response.setUrn(urn);
    response.setState(toStruct(state));
    return response;
  });
}

/** An unknown of no resource is no output to the SDK, and would be taken for a value. */
async function inputsOf(request: ConstructRequest): Promise<pulumi.Inputs> {
  const inputs = await deserializeInputs(request.getInputs(), request.getInputdependenciesMap());
  const entries = Object.entries(inputs);
  return Object.fromEntries(
    entries.map(([name, input]) => [name, containsUnknowns(input) ? pulumi.output(input) : input]),
  );
}

function optionsOf(request: ConstructRequest, self: string | undefined): pulumi.ComponentResourceOptions {
  const parent = request.getParent();
  const timeouts = request.getCustomtimeouts();
  const deletedWith = request.getDeletedwith();
  const providers = new Map(request.getProvidersMap().entries());
  // The shards are for the process that declares them: with another default one they would be apart from the rest.
  if (self !== undefined) providers.set(PACKAGE, self);
  return {
    aliases: request.getAliasesList().map(toAlias),
    dependsOn: request.getDependenciesList().map((urn) => new DependencyResource(urn)),
    protect: request.getProtect() ?? false,
    providers: Object.fromEntries(
      [...providers].map(([name, reference]) => [name, new DependencyProviderResource(reference)]),
    ),
    ...(parent && { parent: new DependencyResource(parent) }),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    ...(timeouts && { customTimeouts: timeouts.toObject() }),
    retainOnDelete: request.getRetainondelete() ?? false,
    ...(deletedWith && { deletedWith: new DependencyResource(deletedWith) }),
  };
}

function toAlias(alias: Alias): string | pulumi.Alias {
  const spec = alias.getSpec();
  if (!spec) return alias.getUrn();
  return {
    ...(spec.getName() && { name: spec.getName() }),
    ...(spec.getType() && { type: spec.getType() }),
    ...(spec.getProject() && { project: spec.getProject() }),
    ...(spec.getStack() && { stack: spec.getStack() }),
    ...(spec.getParenturn() && { parent: spec.getParenturn() }),
    ...(spec.getNoparent() && { parent: rootStackResource }),
  };
}
