/**
 * What the SDK's own provider server does with a component's inputs and its connection to the engine. It is there at run
 * time and left out of the SDK's types: the plugin brings the version of the SDK that this was tried with.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { ConstructRequest } from "@pulumi/pulumi/proto/provider_pb";

interface ProviderServer {
  /** Makes outputs of secrets, of what is not known yet, and of what depends on other resources. */
  deserializeInputs(
    inputs: ReturnType<ConstructRequest["getInputs"]>,
    dependencies: ReturnType<ConstructRequest["getInputdependenciesMap"]>,
  ): Promise<pulumi.Inputs>;
}

interface Output {
  /** Whether a value holds, at any depth, what a preview does not know yet. */
  containsUnknowns(value: unknown): boolean;
}

interface Settings {
  resetOptions(
    project: string,
    stack: string,
    parallel: number,
    engineAddress: string,
    monitorAddress: string,
    isPreview: boolean,
    organization: string,
  ): void;
  awaitFeatureSupport(): Promise<void>;
  /** Until everything that was begun is registered. */
  waitForRPCs(): Promise<void>;
}

interface State {
  /** Gives what runs in `callback` an SDK of its own: components of one process are apart. */
  withLocalStorage<T>(callback: () => Promise<T>): Promise<T>;
}

interface Resource {
  DependencyResource: new (urn: string) => pulumi.CustomResource;
  DependencyProviderResource: new (reference: string) => pulumi.ProviderResource;
  rootStackResource: pulumi.Resource;
}

export const { deserializeInputs }: ProviderServer = require("@pulumi/pulumi/provider/server");
export const { containsUnknowns }: Output = require("@pulumi/pulumi/output");
export const { resetOptions, awaitFeatureSupport, waitForRPCs }: Settings = require("@pulumi/pulumi/runtime/settings");
export const { withLocalStorage }: State = require("@pulumi/pulumi/runtime/state");
export const { DependencyResource, DependencyProviderResource, rootStackResource }: Resource =
  require("@pulumi/pulumi/resource");
