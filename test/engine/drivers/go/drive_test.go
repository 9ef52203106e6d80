package main

import (
	"context"
	"os"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
)

// Runs the program of this package as an inline one, which needs no language host. As a test it is in the package of the
// program, whose `main` stays as it is; COMMAND says what to run.
func TestProgram(t *testing.T) {
	ctx := context.Background()
	// Beside the Pulumi.yaml that is there: SelectStackInlineSource would write another one.
	workspace, err := auto.NewLocalWorkspace(ctx, auto.WorkDir("."), auto.Program(declare))
	if err != nil {
		t.Fatal(err)
	}
	stack, err := auto.SelectStack(ctx, "test", workspace)
	if err != nil {
		t.Fatal(err)
	}
	run := map[string]func() error{
		"preview": func() error {
			_, err := stack.Preview(ctx, optpreview.ProgressStreams(os.Stdout), optpreview.Color("never"))
			return err
		},
		"up": func() error {
			_, err := stack.Up(ctx, optup.ProgressStreams(os.Stdout), optup.Color("never"))
			return err
		},
		"refresh": func() error {
			_, err := stack.Refresh(ctx, optrefresh.ProgressStreams(os.Stdout), optrefresh.Color("never"))
			return err
		},
		"destroy": func() error {
			_, err := stack.Destroy(ctx, optdestroy.ProgressStreams(os.Stdout), optdestroy.Color("never"))
			return err
		},
	}
	if err := run[os.Getenv("COMMAND")](); err != nil {
		// What it says was printed.
		t.FailNow()
	}
}
