// Revokes Datadog access tokens from a program in Go: one that leaked, a list of them, those that Datadog itself has
// found leaked, and one in each of two organizations. Take what you need.
//
//	cd examples/go
//	pulumi install                 # prepares the provider plugin and its SDK, once; needs Node.js 22 or later
//	pulumi stack init dev
//	pulumi config set --secret datadog-revocation:bearerToken    # asks for it
//	pulumi config set --secret usBearerToken
//	pulumi config set --secret euBearerToken
//	pulumi preview --diff          # whose are they?
//	pulumi up
//
// Each is a service access token, whose scopes are org_app_keys_read, org_app_keys_write and user_access_read, and whose
// service account has the permissions of these names. An API key and an application key work too: apiKey and appKey.
package main

import (
	revocation "example.com/pulumi-datadog-revocation/sdk/go/datadogrevocation"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(declare)
}

func declare(ctx *pulumi.Context) error {
	cfg := config.New(ctx, "")

	// A leaked token. The first 28 characters of its value name it, and are no secret: leave the rest out.
	leaked, err := revocation.NewTokenRevocation(ctx, "leaked-ci-token", &revocation.TokenRevocationArgs{
		Token:      pulumi.String("ddpat_66cGqcoV0nzgcjtyeCbxOy"),
		Reason:     pulumi.String("found in the log of a public CI job"),
		Ticket:     pulumi.String("SEC-1042"),
		ReportedAt: pulumi.String("2026-11-24T09:30:00Z"),
	})
	if err != nil {
		return err
	}
	ctx.Export("outcome", leaked.Outcome)

	// A list, of thousands if need be: whatever is added to it, the next `up` revokes.
	batch, err := revocation.NewTokenRevocationBatch(ctx, "old-deploy-tokens", &revocation.TokenRevocationBatchArgs{
		TokenIds: pulumi.ToStringArray([]string{
			"3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c",
			"9b1c7d52-6e3f-4c80-a1d4-2e5f6a7b8c9d",
		}),
		Reason: pulumi.String("the deployment has a service account now"),
		Ticket: pulumi.String("OPS-77"),
	})
	if err != nil {
		return err
	}
	ctx.Export("summary", batch.Summary)

	// What Datadog itself has found leaked, in a public repository for example. If that is more than ten, it revokes none.
	sweep, err := revocation.NewTokenSweep(ctx, "found-leaked", &revocation.TokenSweepArgs{
		Where:          revocation.WhereArgs{Leaked: pulumi.Bool(true)},
		Enforce:        pulumi.Bool(cfg.RequireBool("enforce")),
		MaxRevocations: pulumi.Int(10),
		Reason:         pulumi.String("found leaked by Datadog"),
	})
	if err != nil {
		return err
	}
	ctx.Export("found", sweep.Matched)

	// Two organizations: a provider each.
	us, err := revocation.NewProvider(ctx, "us", &revocation.ProviderArgs{
		BearerToken: cfg.RequireSecret("usBearerToken"),
	})
	if err != nil {
		return err
	}
	eu, err := revocation.NewProvider(ctx, "eu", &revocation.ProviderArgs{
		ApiUrl:      pulumi.String(cfg.Require("euApiUrl")),
		BearerToken: cfg.RequireSecret("euBearerToken"),
	})
	if err != nil {
		return err
	}
	_, err = revocation.NewTokenRevocation(ctx, "old-us-pipeline", &revocation.TokenRevocationArgs{
		TokenId: pulumi.String("0f5b0a52-6d1e-4b3e-9a57-2f0c4f0d8a11"),
		Reason:  pulumi.String("the pipeline is gone"),
	}, pulumi.Provider(us))
	if err != nil {
		return err
	}
	_, err = revocation.NewTokenRevocation(ctx, "old-eu-pipeline", &revocation.TokenRevocationArgs{
		TokenId: pulumi.String("7c9d2f4e-83b5-4d6a-b0c1-5e8f7a9b3c22"),
		Reason:  pulumi.String("the pipeline is gone"),
	}, pulumi.Provider(eu))
	return err
}
