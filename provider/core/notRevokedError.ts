import { plainLine } from "../text/plainLine";

/** A token that is not revoked, because a guard or Datadog refused; or nobody can say. The text is for the user. */
export class NotRevokedError extends Error {
  override readonly name = "NotRevokedError";
  /** Of Datadog's answer, where there was one. */
  readonly httpStatus: number | undefined;
  /** Whether Datadog was not there to answer: others will fare no better. */
  readonly isOutage: boolean;

  constructor(
    text: string,
    { httpStatus, isOutage = false }: { httpStatus?: number | undefined; isOutage?: boolean } = {},
  ) {
    // It may repeat names, which others chose.
    super(plainLine(text));
    this.httpStatus = httpStatus;
    this.isOutage = isOutage;
  }
}
