//go:build dotnet

package main

import (
	"net/http"
	"net/http/httptest"

	"github.com/pulumi/pulumi/pkg/v3/codegen/dotnet"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// Newer releases of Pulumi have it in a module that Go's module proxy does not serve.
var generators = map[string]generator{
	"dotnet": func(pkg *schema.Package) (map[string][]byte, error) {
		// It fetches a logo, by default from the internet.
		logos := httptest.NewServer(http.NotFoundHandler())
		defer logos.Close()
		pkg.LogoURL = logos.URL
		return dotnet.GeneratePackage(tool, pkg, nil, nil)
	},
}
