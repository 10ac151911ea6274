package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/atlassync/atlassync/hack/localenv"
)

// runDir is the folder .run of a checkout. Its file pid is locked for as long
// as the supervisor lives, whatever ends it: so a process id that was given to
// somebody else meanwhile is never taken for ours.
type runDir string

func findRunDir() (runDir, error) {
	checkout, err := localenv.Checkout()
	return runDir(filepath.Join(checkout, ".run")), err
}

func (d runDir) file(name string) string {
	return filepath.Join(string(d), name)
}

func (d runDir) env() string { return d.file("env") }
func (d runDir) pid() string { return d.file("pid") }
func (d runDir) log() string { return d.file("supervisor.log") }

// errRunning says that somebody holds the lock.
var errRunning = errors.New("the environment is up")

// lock takes the lock, or gives errRunning.
func (d runDir) lock() (*os.File, error) {
	file, err := os.OpenFile(d.pid(), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errRunning
		}
		return nil, fmt.Errorf("lock %s: %w", d.pid(), err)
	}
	return file, nil
}

// claim makes the folder, empty but for the locked file.
func (d runDir) claim() (*os.File, error) {
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return nil, err
	}
	file, err := d.lock()
	if err != nil {
		return nil, err
	}
	if err := errors.Join(file.Truncate(0), d.empty()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// empty removes everything but the file pid.
func (d runDir) empty() error {
	entries, err := os.ReadDir(string(d))
	for _, entry := range entries {
		if entry.Name() != filepath.Base(d.pid()) {
			err = errors.Join(err, os.RemoveAll(d.file(entry.Name())))
		}
	}
	return err
}

// supervisor is the process whose id is in the file pid. It means something
// only while the lock is held.
func (d runDir) supervisor() (*os.Process, error) {
	content, err := os.ReadFile(d.pid())
	if err != nil {
		return nil, err
	}
	if len(content) == 0 {
		return nil, errors.New("it is just being started: try again when that is done, or interrupt it")
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", d.pid(), err)
	}
	return os.FindProcess(pid)
}
