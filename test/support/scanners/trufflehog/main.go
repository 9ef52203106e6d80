// Scans a folder with the detectors of a configuration, as TruffleHog's engine does with each piece of a file: its own
// reader of configurations, its search for keywords and its detectors. All of TruffleHog takes the better part of an
// hour to compile.
package main

import (
	"context"
	"encoding/json"
	"io/fs"
	"log"
	"os"
	"path/filepath"

	"github.com/trufflesecurity/trufflehog/v3/pkg/config"
	"github.com/trufflesecurity/trufflehog/v3/pkg/engine/ahocorasick"
)

type finding struct {
	Name string
	File string
	Raw  string
}

func main() {
	configuration, folder, report := os.Args[1], os.Args[2], os.Args[3]
	read, err := config.Read(configuration)
	if err != nil {
		log.Fatal(err)
	}
	search := ahocorasick.NewAhoCorasickCore(read.Detectors)
	findings := []finding{}
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, match := range search.FindDetectorMatches(text) {
			for _, part := range match.Matches() {
				results, err := match.FromData(context.Background(), false, part)
				if err != nil {
					return err
				}
				for _, result := range results {
					findings = append(findings, finding{result.ExtraData["name"], path, string(result.Raw)})
				}
			}
		}
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	written, err := json.Marshal(findings)
	if err == nil {
		err = os.WriteFile(report, written, 0o600)
	}
	if err != nil {
		log.Fatal(err)
	}
}
