import type { AuditedHistory, AuditRecord, Deployment } from "../../cli/audit/auditReport";

/** As 0.1.0 told of a deployment, which ran in a CI system and in no git checkout. */
type Told = Deployment & { readonly deployer: string };

/**
 * What a release's audit told, but for claims that nobody can make: that a token never seen was revoked before, and that a
 * CI system, or whoever wrote a commit, deployed.
 */
export function withoutClaims({ stacks, records, ...report }: AuditedHistory): AuditedHistory {
  const noCheckout = "it did not run in a git checkout";
  return {
    ...report,
    stacks: stacks.map((stack) => ({ ...stack, deployments: stack.deployments.map(apart) })),
    records: records.map((record): AuditRecord => {
      const { deployment, unknown } = record;
      const isUnseen = unknown.snapshot === "never seen";
      return {
        ...record,
        deployment: deployment && apart(deployment),
        unknown: {
          ...unknown,
          ...(isUnseen && { secondsToRevoke: "not known: never seen here" }),
          ...(deployment && { author: noCheckout, uncommittedChanges: noCheckout }),
        },
      };
    }),
  };
}

function apart(deployment: Deployment): Deployment {
  const { deployer, ...told } = deployment as Told;
  return { ...told, author: null, runner: deployer, reviewedPlan: false, uncommittedChanges: null };
}
