package main

import (
	"context"
	"log"
	"os"

	"github.com/DataDog/datadog-api-client-go/v2/api/datadog"
	"github.com/DataDog/datadog-api-client-go/v2/api/datadogV2"
)

func main() {
	recorder := map[string]string{"protocol": "http", "name": os.Getenv("RECORDER")}
	// With DD_API_KEY and DD_APP_KEY.
	ctx := datadog.NewDefaultContext(context.Background())
	ctx = context.WithValue(ctx, datadog.ContextServerIndex, 1)
	ctx = context.WithValue(ctx, datadog.ContextServerVariables, recorder)

	keys := datadogV2.NewKeyManagementApi(datadog.NewAPIClient(datadog.NewConfiguration()))
	if _, err := keys.RevokePersonalAccessToken(ctx, os.Getenv("TOKEN_ID")); err != nil {
		log.Fatal(err)
	}
}
