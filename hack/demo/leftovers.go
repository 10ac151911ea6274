package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// leftoverTimeout is for processes that were killed to disappear.
const leftoverTimeout = 10 * time.Second

// endLeftovers ends what a supervisor could not stop because it was itself
// killed. The caller holds the lock, so there is no living supervisor.
func (d runDir) endLeftovers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, leftoverTimeout)
	defer cancel()
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for {
		pids := d.leftovers()
		if len(pids) == 0 {
			return nil
		}
		for _, pid := range pids {
			if process, err := os.FindProcess(pid); err == nil {
				_ = process.Kill()
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("processes %v of an earlier run do not end", pids)
		case <-poll.C:
		}
	}
}

// leftovers are the processes that were started with a file of this folder in
// exactly the argument that localenv gives them. Only Linux shows arguments in
// /proc; elsewhere none are found.
func (d runDir) leftovers() []int {
	marks := []string{
		"--data-dir=" + d.file("etcd"),
		"--cert-dir=" + d.file("kube-apiserver"),
		"--kubeconfig=" + d.file("manager.kubeconfig"),
	}
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	var pids []int
	for _, path := range lines {
		content, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended meanwhile
		}
		arguments := strings.Split(string(content), "\x00")
		if slices.ContainsFunc(marks, func(mark string) bool { return slices.Contains(arguments, mark) }) {
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}
