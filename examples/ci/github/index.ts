import { readLedger, TokenRevocation } from "pulumi-datadog-revocation";

/**
 * Who asked: the author of the pull request. The pipeline names them in the preview and in the run after the merge
 * alike, or the plan would not hold. The records of earlier pull requests keep the name that they have.
 */
const requestedBy = process.env.REQUESTED_BY;

for (const { tokenId, args } of readLedger()) {
  new TokenRevocation(
    tokenId,
    { ...(requestedBy ? { requestedBy } : {}), ...args },
    { ignoreChanges: ["requestedBy"] },
  );
}
