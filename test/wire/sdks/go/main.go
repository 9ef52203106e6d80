// Declares each resource with every argument, and reads of each output; `program.py` and `program.ts` do the same.
package main

import (
	"encoding/json"
	"os"
	"sync"

	"example.com/pulumi-datadog-revocation/sdk/go/datadogrevocation"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

type object = map[string]any

type mocks struct {
	sync.Mutex
	answers    map[string]object
	Registered []object `json:"registered"`
	Called     []object `json:"called"`
	Read       object   `json:"read"`
}

func (m *mocks) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	m.Lock()
	defer m.Unlock()
	inputs := args.Inputs.MapRepl(nil, plain)
	m.Registered = append(m.Registered, object{"type": args.TypeToken, "name": args.Name, "inputs": inputs})
	state := args.Inputs.Copy()
	for name, value := range m.answers[args.TypeToken] {
		state[resource.PropertyKey(name)] = resource.NewPropertyValue(value)
	}
	return args.Name, state, nil
}

func (m *mocks) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	m.Called = append(m.Called, object{"token": args.Token, "inputs": args.Args.Mappable()})
	return resource.NewPropertyMapFromMap(m.answers[args.Token]), nil
}

// Shows a secret as the other languages' mocks see it.
func plain(value resource.PropertyValue) (any, bool) {
	if !value.IsSecret() {
		return nil, false
	}
	return object{resource.SigKey: resource.SecretSig, "value": value.SecretValue().Element.V}, true
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	check(err)
	m := &mocks{}
	check(json.Unmarshal(text, &m.answers))
	check(pulumi.RunErr(m.declare, pulumi.WithMocks("project", "stack", m)))
	check(json.NewEncoder(os.Stdout).Encode(m))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func (m *mocks) declare(ctx *pulumi.Context) error {
	const id = "c8a5e0b6-3b1f-4f6e-9d0a-2f3f8e5d7a10"
	reason := pulumi.String("found in a public build log")
	ticket := pulumi.String("INC-1234")
	requestedBy := pulumi.String("ada@example.com")
	reportedAt := pulumi.String("2026-11-24T09:30:00Z")

	_, err := datadogrevocation.NewProvider(ctx, "organization", &datadogrevocation.ProviderArgs{
		ApiKey:                           pulumi.String("key"),
		AppKey:                           pulumi.String("key"),
		BearerToken:                      pulumi.String("token"),
		ApiUrl:                           pulumi.String("https://api.datadoghq.eu"),
		HttpClientRetryEnabled:           pulumi.Bool(true),
		HttpClientRetryTimeout:           pulumi.Float64(60),
		HttpClientRetryBackoffBase:       pulumi.Float64(2),
		HttpClientRetryBackoffMultiplier: pulumi.Float64(2),
		HttpClientRetryMaxRetries:        pulumi.Int(3),
	})
	check(err)
	leaked, err := datadogrevocation.NewTokenRevocation(ctx, "leaked", &datadogrevocation.TokenRevocationArgs{
		Token: pulumi.String("ddpat_7n42DGM5Tflk9n8mt7Fhc7"),
		Expect: &datadogrevocation.ExpectationArgs{
			Name:           pulumi.String("ci-deploy"),
			OwnerId:        pulumi.String(id),
			OrganizationId: pulumi.String(id),
		},
		Reason:           reason,
		Ticket:           ticket,
		RequestedBy:      requestedBy,
		ReportedAt:       reportedAt,
		ServiceAccountId: pulumi.String(id),
		OnNotFound:       datadogrevocation.OnNotFoundFail,
		Verify:           pulumi.Bool(true),
		AllowSelf:        pulumi.Bool(false),
	})
	check(err)
	_, err = datadogrevocation.NewTokenRevocation(ctx, "known", &datadogrevocation.TokenRevocationArgs{
		TokenId: pulumi.String(id),
	})
	check(err)
	batch, err := datadogrevocation.NewTokenRevocationBatch(ctx, "batch", &datadogrevocation.TokenRevocationBatchArgs{
		Tokens:           pulumi.ToStringArray([]string{"7n42DGM5Tflk9n8mt7Fhc7", id}),
		Expect:           &datadogrevocation.OrganizationExpectationArgs{OrganizationId: pulumi.String(id)},
		MaxRevocations:   pulumi.Int(5000),
		Concurrency:      pulumi.Int(8),
		Reason:           reason,
		Ticket:           ticket,
		RequestedBy:      requestedBy,
		ReportedAt:       reportedAt,
		ServiceAccountId: pulumi.String(id),
		OnNotFound:       datadogrevocation.OnNotFoundFail,
		Verify:           pulumi.Bool(true),
		AllowSelf:        pulumi.Bool(false),
	})
	check(err)
	_, err = datadogrevocation.NewTokenRevocationBatch(ctx, "ids", &datadogrevocation.TokenRevocationBatchArgs{
		TokenIds: pulumi.ToStringArray([]string{id}),
	})
	check(err)
	sweep, err := datadogrevocation.NewTokenSweep(ctx, "sweep", &datadogrevocation.TokenSweepArgs{
		Where: &datadogrevocation.WhereArgs{
			OwnedBy: pulumi.ToStringArray([]string{id}),
			Kind: datadogrevocation.TokenKindArray{
				datadogrevocation.TokenKindPersonal,
				datadogrevocation.TokenKindService,
			},
			Scopes:       pulumi.ToStringArray([]string{"dashboards_read"}),
			NamePattern:  pulumi.String("ci-*"),
			UnusedFor:    pulumi.String("90d"),
			OlderThan:    pulumi.String("90d"),
			ExpiresAfter: pulumi.String("90d"),
			NeverExpires: pulumi.Bool(true),
			Leaked:       pulumi.Bool(false),
		},
		Exempt: &datadogrevocation.ExemptArgs{
			TokenIds: pulumi.ToStringArray([]string{id}),
			Names:    pulumi.ToStringArray([]string{"break-glass"}),
			OwnerIds: pulumi.ToStringArray([]string{id}),
		},
		Enforce:        pulumi.Bool(true),
		MaxRevocations: pulumi.Int(10),
		Expect:         &datadogrevocation.OrganizationExpectationArgs{OrganizationId: pulumi.String(id)},
		Reason:         reason,
		Ticket:         ticket,
		RequestedBy:    requestedBy,
	})
	check(err)
	found, err := datadogrevocation.GetTokens(ctx, &datadogrevocation.GetTokensArgs{
		Where:  &datadogrevocation.Where{Kind: []datadogrevocation.TokenKind{datadogrevocation.TokenKindPersonal}},
		Exempt: &datadogrevocation.Exempt{Names: []string{"break-glass"}},
	})
	check(err)

	read := pulumi.All(
		leaked.Status,
		leaked.HttpStatus,
		leaked.Outcome,
		leaked.Snapshot.Elem().Owner().Type().Elem(),
		batch.Summary.Failed(),
		batch.Failures.Index(pulumi.Int(0)).Message(),
		sweep.Acts.Index(pulumi.Int(0)).Reason().Elem(),
		sweep.Records.Index(pulumi.Int(0)).Status(),
	).ApplyT(func(outputs []any) error {
		m.Read = object{
			"status":           outputs[0],
			"httpStatus":       outputs[1],
			"isAlreadyRevoked": outputs[2] == datadogrevocation.OutcomeAlreadyRevoked,
			"ownerType":        outputs[3],
			"failed":           outputs[4],
			"message":          outputs[5],
			"recordedReason":   outputs[6],
			"isAlive":          outputs[7] == datadogrevocation.StatusAlive,
			"found":            []any{*found.Tokens[0].Name},
		}
		return nil
	})
	ctx.Export("read", read)
	return nil
}
