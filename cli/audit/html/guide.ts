import { html, type Markup } from "./markup";

/** What the words mean, for who has never seen Pulumi or this package. */
export function guide(): Markup {
  return html`<section aria-labelledby="guide-heading">
<h2 id="guide-heading">How to read this</h2>
<dl class="guide">
<dt>Revoked</dt><dd>Datadog accepted the deletion that this deployment sent.</dd>
<dt>Already revoked</dt><dd>Datadog did not know the token when the deployment came to revoke it: somebody was first, a killed run of this stack perhaps, or it never was in that organization. When that happened is not known, so no time to revoke is computed.</dd>
<dt>Verified gone</dt><dd>Afterwards, or for this report, Datadog was seen not to know the token any more. Not verified does not mean that it works: it was not looked up again, or could not be.</dd>
<dt>Never seen there</dt><dd>Datadog did not know the token, and no record shows that it ever did there: it may be gone, or live in another organization or at another site, or its id may be wrong.</dd>
<dt>Alive</dt><dd>Datadog still knew the token when it was last asked.</dd>
<dt>Asked by, acted, run by</dt><dd>Who wanted the revocation, as the program says; whose Datadog credentials carried it out, as Datadog says; who or what ran the deployment, as its history says: on Pulumi Cloud a person, elsewhere the CI system. All are as of the deployment that revoked.</dd>
<dt>Author of the commit</dt><dd>Who wrote the commit that was checked out. Somebody else may have run the deployment, and with uncommitted changes it ran what no commit holds.</dd>
<dt>Bound to a saved plan</dt><dd>The deployment could do only what a plan, made and saved before, says. Who read the plan is not recorded.</dd>
<dt>Found leaked by Datadog</dt><dd>Where and when Datadog itself found the token, as it said while the token was still there. "None known" is Datadog's answer; an empty cell means that Datadog did not say. Where Datadog found the token before the time of report that is given, or none is given, the time to revoke counts from then. "At least" stands where the time of report is secret or cannot be read: it may be earlier than the leak, and the median, the slowest and the histogram leave this token out.</dd>
<dt>Used after it leaked</dt><dd>Datadog had seen a use of the token that is later than the leak. Whose use it was is not recorded here: see Datadog's Audit Trail.</dd>
<dt>Used after it was reported</dt><dd>The same, of a use that is later than the time of report.</dd>
<dt>Times</dt><dd>UTC. Reported: as the program says. Revoked and verified: the clock of the machine that deployed.</dd>
<dt>Record removed later</dt><dd>The stack holds this record no more; it was recovered from the stack's history. Removing a record brings no token back.</dd>
<dt>Superseded</dt><dd>The stack has a later record of the same token, which holds instead: the resource was replaced or renamed, or the token was revoked again.</dd>
<dt>A killed run may have revoked it</dt><dd>A run that was killed was about to revoke this token and recorded nothing. To the next one Datadog said that it does not know the token.</dd>
<dt>Given later</dt><dd>The program said it after the token was revoked.</dd>
<dt>Not in this report</dt><dd>Who approved: see the pull request. What was done with a token before it was revoked: see Datadog's Audit Trail.</dd>
</dl>
</section>
`;
}
