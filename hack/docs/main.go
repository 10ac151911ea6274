// Command docs prints the reference pages that follow from the code.
//
//	go run ./hack/docs flags
//	go run ./hack/docs metrics
//	go run ./hack/docs capabilities
package main

import (
	"errors"
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "docs:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	pages := map[string]func() (string, error){"flags": flagsPage, "metrics": metricsPage, "capabilities": capabilitiesPage}
	if len(args) != 1 || pages[args[0]] == nil {
		return errors.New("usage: docs flags|metrics|capabilities")
	}
	page, err := pages[args[0]]()
	if err != nil {
		return err
	}
	fmt.Print(page)
	return nil
}
