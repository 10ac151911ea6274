package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// command is a child process that is interrupted, and later killed, when ctx
// ends.
func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

func goCommand(ctx context.Context, args ...string) *exec.Cmd {
	return command(ctx, "go", args...)
}

// runQuietly runs cmd and shows the end of its output only if it fails.
func runQuietly(cmd *exec.Cmd) error {
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, tail(string(out)))
	}
	return nil
}

// withStderr adds the end of what the failed command wrote to standard error.
func withStderr(err error) error {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return fmt.Errorf("%w: %s", err, tail(string(exit.Stderr)))
	}
	return err
}

// tail is the last lines of text: enough to see the cause.
func tail(text string) string {
	const keep = 8
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-keep):], "\n")
}
