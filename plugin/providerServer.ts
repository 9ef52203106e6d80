import { isDeepStrictEqual } from "node:util";
import type * as grpc from "@grpc/grpc-js";
import type * as pulumi from "@pulumi/pulumi";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Failure } from "../provider/core/records";
import { dynamicProvider, type Kind, PACKAGE, PROVIDER_PROPERTY, RESULTS } from "../provider/core/resourceTypes";
import type { Run } from "../provider/core/run";
import { failuresText, labelOf } from "../provider/core/wording";
import type { Environment } from "../provider/datadog/settings";
import { adopt } from "../provider/handlers/adoption";
import { checked, type Handlers } from "../provider/handlers/checking";
import { tokenRevocationHandlers } from "../provider/handlers/tokenRevocationHandlers";
import { tokenRevocationShardHandlers } from "../provider/handlers/tokenRevocationShardHandlers";
import { tokenSweepHandlers } from "../provider/handlers/tokenSweepHandlers";
import { plainLine } from "../provider/text/plainLine";
import { UNKNOWN } from "../provider/tokens/tokenIds";
import { checkConfiguration, readConfiguration, refusePlainSecrets } from "./configuration";
import { DeclaredTokens } from "./declaredTokens";
import { getTokens } from "./getTokens";
import { fromStruct, type Properties, toStruct } from "./properties";
import { type Named, notImportable, ProgramArguments, readUrn } from "./resources";
import { isPartialFailure, RecordedFailure, toStatus } from "./status";

/** What a provider's process is made of. */
export interface Surroundings {
  readonly run: Run;
  readonly env: Environment;
  /** The package's. */
  readonly version: string;
  /** The package's schema. */
  readonly schema: object;
  /** The engine's `host:port`. */
  readonly engineAddress: string;
}

/** The calls that are served; the others are answered as not implemented. */
type Calls = Pick<
  IResourceProviderServer,
  | "getPluginInfo"
  | "getSchema"
  | "checkConfig"
  | "diffConfig"
  | "configure"
  | "check"
  | "diff"
  | "create"
  | "read"
  | "update"
  | "delete"
  | "invoke"
  | "construct"
  | "cancel"
>;

/**
 * The provider protocol over the handlers that dynamic resources have, too.
 *
 * What a preview shows of a resource comes from `check` and `diff`. Asked for a create or an update in a preview, it tells
 * what the program is to know by then, and does nothing.
 *
 * @see https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto
 */
export function providerCalls({ run, env, version, schema, engineAddress }: Surroundings): Calls {
  const handlers: Readonly<Record<Kind, Handlers>> = {
    TokenRevocation: tokenRevocationHandlers(run),
    TokenRevocationShard: tokenRevocationShardHandlers(run),
    TokenSweep: tokenSweepHandlers(run),
  };
  const declared = new DeclaredTokens();
  const program = new ProgramArguments(declared);
  /** How the engine refers to this provider. */
  let self: string | undefined;

  return {
    getPluginInfo: unary(async () => {
      const info = new PluginInfo();
      info.setVersion(version);
      return info;
    }),

    getSchema: unary(async () => {
      const response = new messages.GetSchemaResponse();
      response.setSchema(JSON.stringify(schema));
      return response;
    }),

    checkConfig: unary(async (request: messages.CheckRequest) => {
      const { values, secrets } = fromStruct(request.getNews());
      const configuration = readConfiguration(request.getUrn(), values);
      const { failures } = await checked(values, async () => {
        checkConfiguration(configuration, values, env);
        return values;
      });
      return toCheckResponse({ inputs: values, ...(failures && { failures }) }, secrets);
    }),

    diffConfig: unary(async (request: messages.DiffRequest) => {
      const [olds, news] = [fromStruct(request.getOlds()).values, fromStruct(request.getNews()).values];
      return toDiffResponse({ changes: !isDeepStrictEqual(olds, news) });
    }),

    configure: unary(async (request: messages.ConfigureRequest) => {
      const properties = fromStruct(request.getArgs());
      const configuration = readConfiguration(request.getUrn() ?? "", properties.values);
      refusePlainSecrets(configuration, properties);
      run.configure(configuration);
      const [urn, id] = [request.getUrn(), request.getId()];
      self = urn && id ? `${urn}::${id}` : undefined;
      const response = new messages.ConfigureResponse();
      // With secrets marked, what an act repeats of the arguments can leave the secret ones out; components demand it.
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      return response;
    }),

    check: unary(async (request: messages.CheckRequest) => {
      const resource = readUrn(request.getUrn());
      const olds = fromStruct(request.getOlds());
      const news = fromStruct(request.getNews());
      const result = await checked({}, async () => program.toInputs(resource, news, olds.values));
      if (result.failures) return toCheckResponse(result);
      return toCheckResponse(await handlers[resource.kind].check(olds.values, result.inputs), secretsOf(news));
    }),

    diff: unary(async (request: messages.DiffRequest) => {
      const { kind } = readUrn(request.getUrn());
      const [olds, news] = [fromStruct(request.getOlds()).values, fromStruct(request.getNews()).values];
      return toDiffResponse(await handlers[kind].diff(request.getId(), olds, news));
    }),

    create: unary(async (request: messages.CreateRequest) => {
      const resource = readUrn(request.getUrn());
      const news = fromStruct(request.getProperties());
      const response = new messages.CreateResponse();
      const { id, properties } = request.getPreview()
        ? previewed(resource, news)
        : await act(resource, news, () => handlers[resource.kind].create(news.values));
      response.setId(id);
      response.setProperties(properties);
      return response;
    }),

    read: unary(async (request: messages.ReadRequest) => {
      const resource = readUrn(request.getUrn());
      const { kind } = resource;
      const properties = fromStruct(request.getProperties());
      const isKnown = Object.keys(properties.values).length > 0;
      const { id, props, inputs } = isKnown
        ? await handlers[kind].read(request.getId(), properties.values)
        : await imported(run, resource, request.getId());
      const response = new messages.ReadResponse();
      response.setId(id as string);
      response.setProperties(toStruct(toState(kind, props), secretsOf(properties)));
      response.setInputs(toStruct(inputs, secretsOf(fromStruct(request.getInputs()))));
      return response;
    }),

    update: unary(async (request: messages.UpdateRequest) => {
      const resource = readUrn(request.getUrn());
      const id = request.getId();
      const olds = fromStruct(request.getOlds()).values;
      const news = fromStruct(request.getNews());
      const response = new messages.UpdateResponse();
      const update = handlers[resource.kind].update;
      const { properties } = request.getPreview()
        ? previewed(resource, news)
        : await act(resource, news, async () => ({ id, ...(await update(id, olds, news.values)) }));
      response.setProperties(properties);
      return response;
    }),

    delete: unary(async (request: messages.DeleteRequest) => {
      const { kind } = readUrn(request.getUrn());
      await handlers[kind].delete(request.getId(), fromStruct(request.getProperties()).values);
      return new Empty();
    }),

    invoke: unary(async (request: messages.InvokeRequest) => {
      const response = new messages.InvokeResponse();
      const { values, secrets } = fromStruct(request.getArgs());
      const { failures, inputs } = await checked({}, async () => {
        const token = request.getTok();
        if (token !== GET_TOKENS)
          throw new Error(`${plainLine(token)} is not a function of datadog-revocation: use getTokens`);
        return getTokens(run, values);
      });
      // What was found repeats what was asked for.
      response.setReturn(toStruct(inputs, new Set(secrets.size > 0 ? Object.keys(inputs) : [])));
      response.setFailuresList((failures ?? []).map(toFailure));
      return response;
    }),

    construct: unary(async (request: messages.ConstructRequest) => {
      // Not before it is needed: it takes the whole SDK.
      const { construct } = await import("./construct.js");
      return construct(request, { run, declared, engineAddress, self });
    }),

    cancel: unary(async () => new Empty()),
  };
}

const GET_TOKENS = `${PACKAGE}:index:getTokens`;

function unary<Request, Response>(
  answer: (request: Request) => Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    answer(call.request).then(
      (response) => callback(null, response),
      (error) => callback(toStatus(error)),
    );
  };
}

/** A resource as the engine records it. */
interface Recorded {
  readonly id: string;
  readonly properties: Struct;
}

/**
 * Acts, and makes of what came of it what stands in state.
 *
 * @throws RecordedFailure for an act that is to be recorded all the same
 */
async function act(
  { kind, name }: Named,
  news: Properties,
  action: () => Promise<pulumi.dynamic.CreateResult>,
): Promise<Recorded> {
  const properties = (outs: object): Struct => toStruct(toState(kind, outs), secretsOf(news));
  try {
    const { id, outs } = await action();
    const { failures = [] } = outs as { failures?: readonly Failure[] };
    // A batch reports those of its shards.
    if (kind === "TokenSweep" && failures.length > 0) {
      const reason = failuresText(failures, labelOf(kind, name));
      throw Object.assign(new Error(reason), { id, properties: outs, reasons: [reason] });
    }
    return { id, properties: properties(outs) };
  } catch (error) {
    if (!isPartialFailure(error)) throw error;
    throw new RecordedFailure(error.message, { ...error, properties: properties(error.properties) });
  }
}

/**
 * A resource as a preview passes it on to the program, without an id. What `check` shows of a token lacks the last use: taken for known,
 * it would break plans.
 */
function previewed({ kind }: Named, news: Properties): Recorded {
  const results = Object.fromEntries(RESULTS[kind].map((output) => [output, UNKNOWN]));
  return { id: "", properties: toStruct({ ...news.values, ...results }, secretsOf(news)) };
}

function imported(run: Run, { kind }: Named, id: string): Promise<pulumi.dynamic.ReadResult> {
  if (kind === "TokenRevocation") return adopt(run, id);
  throw notImportable(kind);
}

/** With what the process for dynamic resources needs, so that a TypeScript program can take the record over. */
function toState(kind: Kind, outs: object): object {
  return { ...outs, [PROVIDER_PROPERTY]: dynamicProvider(kind) };
}

/** A token's id is no secret, whatever it was made of. */
function secretsOf({ secrets }: Properties): ReadonlySet<string> {
  return new Set([...secrets].filter((name) => name !== "tokenId"));
}

function toCheckResponse(
  { inputs, failures = [] }: pulumi.dynamic.CheckResult,
  secrets?: ReadonlySet<string>,
): messages.CheckResponse {
  const response = new messages.CheckResponse();
  if (failures.length === 0) response.setInputs(toStruct(inputs, secrets));
  response.setFailuresList(failures.map(toFailure));
  return response;
}

function toFailure({ property, reason }: pulumi.dynamic.CheckFailure): messages.CheckFailure {
  const failure = new messages.CheckFailure();
  failure.setProperty(property);
  failure.setReason(reason);
  return failure;
}

function toDiffResponse({ changes, replaces = [] }: pulumi.dynamic.DiffResult): messages.DiffResponse {
  const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
  const response = new messages.DiffResponse();
  response.setChanges(changes ? DIFF_SOME : DIFF_NONE);
  response.setReplacesList(replaces);
  return response;
}
