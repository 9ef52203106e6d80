// Every operation on access tokens, and those that read users, with Datadog's client; prints what it was told.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/DataDog/datadog-api-client-go/v2/api/datadog"
	"github.com/DataDog/datadog-api-client-go/v2/api/datadogV2"
)

type created struct {
	ID     string   `json:"id"`
	Key    string   `json:"key"`
	Scopes []string `json:"scopes"`
}

type transcript struct {
	Created    created           `json:"created"`
	Got        string            `json:"got"`
	Updated    string            `json:"updated"`
	Found      []string          `json:"found"`
	Page       []string          `json:"page"`
	Leaked     map[string]string `json:"leaked"`
	Total      int64             `json:"total"`
	Afterwards int               `json:"afterwards"`
}

type users struct {
	Current string   `json:"current"`
	Got     string   `json:"got"`
	Page    []string `json:"page"`
	Total   int64    `json:"total"`
}

const made, renamed = "made by a client", "renamed by a client"

var (
	scopes  = []string{"metrics_read"}
	include = []datadogV2.PersonalAccessTokensIncludeQueryParameterItem{
		datadogV2.PERSONALACCESSTOKENSINCLUDEQUERYPARAMETERITEM_LEAK_INFORMATION,
	}
	owner, account = os.Getenv("OWNER_ID"), os.Getenv("ACCOUNT_ID")
)

func must[T any](value T, _ *http.Response, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func done(_ *http.Response, err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Where the token of each name was found.
func leaks(names []string, found []*datadogV2.RelationshipToLeakedKey, included []datadogV2.AccessTokenResponseIncludedItem) map[string]string {
	sources := map[string]string{}
	for _, item := range included {
		sources[item.LeakedKey.Id] = item.LeakedKey.Attributes.GetLeakSource()
	}
	leaked := map[string]string{}
	for i, relationship := range found {
		if leak := relationship.Data.Get(); leak != nil {
			leaked[names[i]] = sources[leak.Id]
		}
	}
	return leaked
}

func personal(ctx context.Context, keys *datadogV2.KeyManagementApi) transcript {
	kind := datadogV2.PERSONALACCESSTOKENSTYPE_PERSONAL_ACCESS_TOKENS
	expires := time.Now().Add(30 * 24 * time.Hour).Truncate(time.Second)
	answered := must(keys.CreatePersonalAccessToken(ctx, datadogV2.PersonalAccessTokenCreateRequest{
		Data: datadogV2.PersonalAccessTokenCreateData{
			Type:       kind,
			Attributes: datadogV2.PersonalAccessTokenCreateAttributes{Name: made, Scopes: scopes, ExpiresAt: expires},
		},
	}))
	token := answered.GetData()
	id, attributes := token.GetId(), token.GetAttributes()
	get := func() (datadogV2.PersonalAccessTokenResponse, *http.Response, error) {
		return keys.GetPersonalAccessToken(ctx, id, *datadogV2.NewGetPersonalAccessTokenOptionalParameters().WithInclude(include))
	}
	list := func(query *datadogV2.ListPersonalAccessTokensOptionalParameters) ([]string, datadogV2.ListPersonalAccessTokensResponse) {
		answer := must(keys.ListPersonalAccessTokens(ctx, *query))
		names := []string{}
		for _, token := range answer.GetData() {
			names = append(names, token.Attributes.GetName())
		}
		return names, answer
	}
	query := datadogV2.NewListPersonalAccessTokensOptionalParameters

	said := transcript{Created: created{id, attributes.GetKey(), attributes.GetScopes()}}
	said.Got = must(get()).Data.Attributes.GetName()
	said.Updated = must(keys.UpdatePersonalAccessToken(ctx, id, datadogV2.PersonalAccessTokenUpdateRequest{
		Data: datadogV2.PersonalAccessTokenUpdateData{
			Type:       kind,
			Id:         id,
			Attributes: datadogV2.PersonalAccessTokenUpdateAttributes{Name: datadog.PtrString(renamed)},
		},
	})).Data.Attributes.GetName()
	said.Found, _ = list(query().WithFilter("renamed").WithFilterOwnedBy([]string{owner, account}).
		WithSort(datadogV2.PERSONALACCESSTOKENSSORT_CREATED_AT_DESCENDING))
	said.Page, _ = list(query().WithPageSize(2).WithPageNumber(1).WithSort(datadogV2.PERSONALACCESSTOKENSSORT_NAME_DESCENDING))
	names, answer := list(query().WithFilterLeaked(true).WithInclude(include).WithSort(datadogV2.PERSONALACCESSTOKENSSORT_LEAKED_DESCENDING))
	found := []*datadogV2.RelationshipToLeakedKey{}
	for _, token := range answer.GetData() {
		found = append(found, token.Relationships.LeakInformation)
	}
	said.Leaked = leaks(names, found, answer.GetIncluded())
	_, answer = list(query())
	said.Total = answer.Meta.Page.GetTotalFilteredCount()
	done(keys.RevokePersonalAccessToken(ctx, id))
	_, response, _ := get()
	said.Afterwards = response.StatusCode
	return said
}

func service(ctx context.Context, accounts *datadogV2.ServiceAccountsApi) transcript {
	kind := datadogV2.SERVICEACCESSTOKENSTYPE_SERVICE_ACCESS_TOKENS
	answered := must(accounts.CreateServiceAccountAccessToken(ctx, account, datadogV2.ServiceAccountAccessTokenCreateRequest{
		Data: datadogV2.ServiceAccountAccessTokenCreateData{
			Type:       kind,
			Attributes: datadogV2.ServiceAccountAccessTokenCreateAttributes{Name: made, Scopes: scopes},
		},
	}))
	token := answered.GetData()
	id, attributes := token.GetId(), token.GetAttributes()
	get := func() (datadogV2.ServiceAccessTokenResponse, *http.Response, error) {
		return accounts.GetServiceAccountAccessToken(ctx, account, id,
			*datadogV2.NewGetServiceAccountAccessTokenOptionalParameters().WithInclude(include))
	}
	list := func(query *datadogV2.ListServiceAccountAccessTokensOptionalParameters) ([]string, datadogV2.ListServiceAccessTokensResponse) {
		answer := must(accounts.ListServiceAccountAccessTokens(ctx, account, *query))
		names := []string{}
		for _, token := range answer.GetData() {
			names = append(names, token.Attributes.GetName())
		}
		return names, answer
	}
	query := datadogV2.NewListServiceAccountAccessTokensOptionalParameters

	said := transcript{Created: created{id, attributes.GetKey(), attributes.GetScopes()}}
	said.Got = must(get()).Data.Attributes.GetName()
	said.Updated = must(accounts.UpdateServiceAccountAccessToken(ctx, account, id, datadogV2.ServiceAccountAccessTokenUpdateRequest{
		Data: datadogV2.ServiceAccountAccessTokenUpdateData{
			Type:       kind,
			Id:         id,
			Attributes: datadogV2.ServiceAccountAccessTokenUpdateAttributes{Name: datadog.PtrString(renamed)},
		},
	})).Data.Attributes.GetName()
	said.Found, _ = list(query().WithFilter("renamed").WithSort(datadogV2.PERSONALACCESSTOKENSSORT_CREATED_AT_DESCENDING))
	said.Page, _ = list(query().WithPageSize(2).WithPageNumber(1).WithSort(datadogV2.PERSONALACCESSTOKENSSORT_NAME_DESCENDING))
	names, answer := list(query().WithFilterLeaked(true).WithInclude(include).WithSort(datadogV2.PERSONALACCESSTOKENSSORT_LEAKED_DESCENDING))
	found := []*datadogV2.RelationshipToLeakedKey{}
	for _, token := range answer.GetData() {
		found = append(found, token.Relationships.LeakInformation)
	}
	said.Leaked = leaks(names, found, answer.GetIncluded())
	_, answer = list(query())
	said.Total = answer.Meta.Page.GetTotalFilteredCount()
	done(accounts.RevokeServiceAccountAccessToken(ctx, account, id))
	_, response, _ := get()
	said.Afterwards = response.StatusCode
	return said
}

func readUsers(ctx context.Context, api *datadogV2.UsersApi) users {
	said := users{
		Current: must(api.GetCurrentUser(ctx)).Data.GetId(),
		Got:     must(api.GetUser(ctx, account)).Data.Attributes.GetName(),
	}
	query := datadogV2.NewListUsersOptionalParameters().WithFilter("listed").WithFilterStatus("Active").
		WithSort("name").WithSortDir(datadogV2.QUERYSORTORDER_DESC).WithPageSize(2).WithPageNumber(1)
	answer := must(api.ListUsers(ctx, *query))
	for _, user := range answer.GetData() {
		said.Page = append(said.Page, user.Attributes.GetName())
	}
	said.Total = answer.Meta.Page.GetTotalFilteredCount()
	return said
}

func main() {
	simulator := map[string]string{"protocol": "http", "name": os.Getenv("SIMULATOR")}
	// With DD_API_KEY and DD_APP_KEY.
	ctx := datadog.NewDefaultContext(context.Background())
	ctx = context.WithValue(ctx, datadog.ContextServerIndex, 1)
	ctx = context.WithValue(ctx, datadog.ContextServerVariables, simulator)
	client := datadog.NewAPIClient(datadog.NewConfiguration())
	said := map[string]any{
		"personal": personal(ctx, datadogV2.NewKeyManagementApi(client)),
		"service":  service(ctx, datadogV2.NewServiceAccountsApi(client)),
		"users":    readUsers(ctx, datadogV2.NewUsersApi(client)),
	}
	if err := json.NewEncoder(os.Stdout).Encode(said); err != nil {
		log.Fatal(err)
	}
}
