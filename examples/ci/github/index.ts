import { TokenRevocation, type TokenRevocationArgs } from "pulumi-datadog-revocation";

/** The tokens that are revoked. Pull requests add to them; none is taken away, as each is a record in the stack. */
const revocations: (TokenRevocationArgs & { tokenId: string })[] = [
  // { tokenId: "0535fac7-4642-4abe-b6fc-cf15336df559", reason: "found in a public build log", ticket: "SEC-1042" },
];

/**
 * Who asked: the author of the pull request. The pipeline names them in the preview and in the run after the merge
 * alike, or the plan would not hold. The records of earlier pull requests keep the name that they have.
 */
const requestedBy = process.env.REQUESTED_BY;

for (const args of revocations) {
  new TokenRevocation(
    args.tokenId,
    { ...(requestedBy ? { requestedBy } : {}), ...args },
    { ignoreChanges: ["requestedBy"] },
  );
}
