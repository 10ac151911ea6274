package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/atlassync/atlassync/hack/localenv"
)

// stopTimeout is longer than everything that the supervisor stops in turn.
const stopTimeout = 3 * time.Minute

// up starts the supervisor in the background and waits until .run/env is there.
func up(ctx context.Context) error {
	dir, err := findRunDir()
	if err != nil {
		return err
	}
	lock, err := dir.claim()
	if errors.Is(err, errRunning) {
		fmt.Printf("The environment is up already: . %s\n", relative(dir.env()))
		return nil
	}
	if err != nil {
		return fmt.Errorf("prepare %s: %w", dir, err)
	}
	defer func() { _ = lock.Close() }() // the supervisor holds it too
	if err := dir.endLeftovers(ctx); err != nil {
		return fmt.Errorf("prepare %s: %w", dir, err)
	}
	// Here and not in the background, for its progress can be seen here.
	if _, err := localenv.Binaries(ctx, filepath.Dir(string(dir))); err != nil {
		return err
	}
	fmt.Println("Starting etcd, kube-apiserver, five simulated products and atlassync in the background …")
	supervisor, exited, err := launch(dir, lock)
	if err != nil {
		return fmt.Errorf("start the supervisor: %w", err)
	}
	if err := awaitEnv(ctx, dir, exited); err != nil {
		_ = supervisor.Signal(syscall.SIGTERM)
		<-exited
		return fmt.Errorf("%w; the end of %s:\n%s", err, relative(dir.log()), localenv.Tail(dir.log(), 20))
	}
	return announce(dir)
}

// launch starts this program again as the supervisor, in a session of its own
// and with the lock as its file 3.
func launch(dir runDir, lock *os.File) (*os.Process, <-chan struct{}, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	log, err := os.Create(dir.log())
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(program, superviseVerb)
	cmd.Dir = filepath.Dir(string(dir))
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{lock}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		_ = cmd.Wait() // what went wrong is in the log
	}()
	_, err = lock.WriteString(strconv.Itoa(cmd.Process.Pid) + "\n")
	return cmd.Process, exited, err
}

// awaitEnv waits for the file that the supervisor writes last.
func awaitEnv(ctx context.Context, dir runDir, exited <-chan struct{}) error {
	poll := time.NewTicker(100 * time.Millisecond)
	defer poll.Stop()
	for {
		if _, err := os.Stat(dir.env()); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.New("interrupted")
		case <-exited:
			return errors.New("the environment did not start")
		case <-poll.C:
		}
	}
}

func announce(dir runDir) error {
	known, err := readSettings(dir.env())
	if err != nil {
		return err
	}
	fmt.Printf("Ready.\n  SCIM        %s\n", known.scimBaseURL)
	for _, product := range known.products {
		fmt.Printf("  %-10s  %s\n", product.Name, product.URL)
	}
	fmt.Printf("The products are simulated; config/samples is applied with their addresses and credentials,\n"+
		"over plain HTTP.\n\nUse it:     . %s\nLogs:       %s\nStop it:    make down\n",
		relative(dir.env()), relative(dir.file("manager.log")))
	return nil
}

// down stops the supervisor, which stops everything else, and removes .run.
func down(ctx context.Context) error {
	dir, err := findRunDir()
	if err != nil {
		return err
	}
	if _, err := os.Stat(string(dir)); errors.Is(err, os.ErrNotExist) {
		fmt.Println("The environment is not up.")
		return nil
	}
	lock, err := dir.lock()
	if errors.Is(err, errRunning) {
		lock, err = endSupervisor(ctx, dir)
	}
	if err != nil {
		return fmt.Errorf("stop the environment: %w", err)
	}
	defer func() { _ = lock.Close() }()
	if err := dir.endLeftovers(ctx); err != nil {
		return fmt.Errorf("stop the environment: %w", err)
	}
	if err := os.RemoveAll(string(dir)); err != nil {
		return fmt.Errorf("remove %s: %w", dir, err)
	}
	fmt.Println("Stopped.")
	return nil
}

// endSupervisor asks the supervisor to end and waits for its lock.
func endSupervisor(ctx context.Context, dir runDir) (*os.File, error) {
	supervisor, err := dir.supervisor()
	if err != nil {
		return nil, err
	}
	if err := supervisor.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	poll := time.NewTicker(100 * time.Millisecond)
	defer poll.Stop()
	for {
		lock, err := dir.lock()
		if !errors.Is(err, errRunning) {
			return lock, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("process %d did not end; the end of %s:\n%s",
				supervisor.Pid, relative(dir.log()), localenv.Tail(dir.log(), 20))
		case <-poll.C:
		}
	}
}

// relative is path as seen from here, when that is shorter.
func relative(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	if short, err := filepath.Rel(here, path); err == nil && len(short) < len(path) {
		return short
	}
	return path
}
