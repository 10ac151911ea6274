package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// measureStorage tells what the users cost the control plane, which is where
// the arithmetic for larger tenants starts from.
func measureStorage(ctx context.Context, w *world) ([]result, error) {
	if _, err := w.synced(ctx); err != nil {
		return nil, err
	}
	users := &v1alpha1.ProvisionedUserList{}
	if err := w.client.List(ctx, users); err != nil {
		return nil, err
	}
	count := float64(len(users.Items))
	users = nil
	var lines []result
	for _, name := range []string{"kube-apiserver", "etcd"} {
		p, err := childNamed(name)
		if err != nil {
			return nil, err
		}
		memory, err := p.resident()
		if err != nil {
			return nil, err
		}
		lines = append(lines, told(fmt.Sprintf("memory of %s per user in it (%.0f in all)", name, count), single(unitBytes, memory/count)))
	}
	stored, err := sizeOfFolder(filepath.Join(w.dir, "etcd", "member", "snap"))
	if err != nil {
		return nil, err
	}
	return append(lines, told("etcd's database per user in it, old versions included", single(unitBytes, stored/count))), nil
}

// childNamed finds the program of that name that this process has started.
func childNamed(name string) (process, error) {
	statuses, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, err
	}
	for _, file := range statuses {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		var pid, parent int
		var command, state string
		if _, err := fmt.Sscan(string(stat), &pid, &command, &state, &parent); err != nil || parent != os.Getpid() {
			continue
		}
		if strings.HasPrefix("("+name, strings.TrimSuffix(command, ")")) {
			return process(pid), nil
		}
	}
	return 0, fmt.Errorf("no %s runs below process %s", name, strconv.Itoa(os.Getpid()))
}

// sizeOfFolder adds up the files of a folder.
func sizeOfFolder(dir string) (sum float64, err error) {
	err = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			sum += float64(info.Size())
		}
		return err
	})
	return sum, err
}
