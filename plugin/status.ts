import * as grpc from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { sentence } from "../provider/text/plainLine";

/** What a handler throws when the act happened, and something about it failed. */
interface PartialFailure extends Error {
  readonly id: string;
  readonly properties: object;
  readonly reasons: readonly string[];
}

export function isPartialFailure(error: unknown): error is PartialFailure {
  return error instanceof Error && "id" in error && "properties" in error && "reasons" in error;
}

/** An act that failed and is to be recorded all the same. */
export class RecordedFailure extends Error {
  override readonly name = "RecordedFailure";
  readonly id: string;
  /** What stands in state. */
  readonly properties: Struct;
  readonly reasons: readonly string[];

  constructor(message: string, { id, properties, reasons }: Pick<RecordedFailure, "id" | "properties" | "reasons">) {
    super(message);
    this.id = id;
    this.properties = properties;
    this.reasons = reasons;
  }
}

/** An error as the engine understands it: its text alone, never a stack. */
export function toStatus(error: unknown): Partial<grpc.StatusObject> {
  const details = sentence(error);
  const code = grpc.status.UNKNOWN;
  if (!(error instanceof RecordedFailure)) return { code, details };
  const failed = new ErrorResourceInitFailed();
  failed.setId(error.id);
  failed.setProperties(error.properties);
  failed.setReasonsList([...error.reasons]);
  const packed = new Any();
  packed.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(code);
  status.setMessage(details);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  // Where Go's gRPC looks for details.
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code, details, metadata };
}
