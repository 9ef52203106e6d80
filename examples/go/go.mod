module revoke-tokens-go

go 1.26.6

require (
	example.com/pulumi-datadog-revocation/sdk/go v0.0.0
	github.com/pulumi/pulumi/sdk/v3 v3.274.1
)

// `pulumi install` makes it.
replace example.com/pulumi-datadog-revocation/sdk/go => ./sdks/datadog-revocation
