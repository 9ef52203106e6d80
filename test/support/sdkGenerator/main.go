// Makes the SDK of a Pulumi schema for one language, with Pulumi's own generator, as `pulumi package add` does:
//
//	sdkGenerator SCHEMA LANGUAGE FOLDER
//
// It fails at anything that Pulumi has to say about the schema, be it a warning.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

const tool = "pulumi-datadog-revocation"

// Gives the files of an SDK, by their paths.
type generator func(*schema.Package) (map[string][]byte, error)

// The schema refers to no other package, so nothing is ever loaded.
type noPackages struct{ schema.ReferenceLoader }

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(schemaPath, language, folder string) error {
	pkg, err := read(schemaPath)
	if err != nil {
		return err
	}
	// `pulumi package add` sets it, whatever the schema says.
	pkg.SupportPack = true
	files, err := generators[language](pkg)
	if err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func read(path string) (*schema.Package, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return nil, err
	}
	pkg, diagnostics, err := schema.BindSpec(spec, noPackages{}, schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	var problems []error
	for _, diagnostic := range diagnostics {
		problems = append(problems, diagnostic)
	}
	return pkg, errors.Join(problems...)
}
