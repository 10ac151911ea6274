package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/atlassync/atlassync/hack/localenv"
)

// superviseVerb is how `up` calls this program again; it is not for people.
const superviseVerb = "supervise"

// lockFile is where launch put the lock.
const lockFile = 3

// supervise brings everything up, writes .run/env, and stops everything when
// it is asked to. Its output is .run/supervisor.log.
func supervise(ctx context.Context) (err error) {
	syscall.CloseOnExec(lockFile) // the children must not hold the lock
	dir, err := findRunDir()
	if err != nil {
		return err
	}
	env, manager, known, err := bringUp(ctx, string(dir))
	if env != nil {
		defer func() { err = errors.Join(err, env.Stop()) }()
	}
	if err != nil {
		return err
	}
	if err := writePID(dir, manager); err != nil {
		return err
	}
	if err := known.write(dir.env()); err != nil {
		return err
	}
	fmt.Println(time.Now().Format(time.RFC3339), "ready")
	return keepRunning(ctx, dir, manager)
}

// keepRunning starts the manager again whenever it ends, as a kubelet does,
// until ctx is done.
func keepRunning(ctx context.Context, dir runDir, manager *localenv.Manager) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-manager.Exited():
		}
		fmt.Println(time.Now().Format(time.RFC3339), "the manager ended: starting it again")
		if err := manager.Start(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		if err := writePID(dir, manager); err != nil {
			return err
		}
	}
}

// writePID says which process to kill for those who want to see a crash.
func writePID(dir runDir, manager *localenv.Manager) error {
	return os.WriteFile(dir.file("manager.pid"), []byte(strconv.Itoa(manager.PID())+"\n"), 0o600)
}
