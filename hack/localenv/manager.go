package localenv

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

const (
	managerReadyTimeout = time.Minute
	managerStopTimeout  = 75 * time.Second // its own limit is a minute
	pollInterval        = 50 * time.Millisecond
)

// Manager is one replica of atlassync. It keeps its addresses when it is
// started again.
type Manager struct {
	// SCIMURL, MetricsURL and HealthURL are where it listens.
	SCIMURL, MetricsURL, HealthURL string
	// Log is the file with its output, all runs of it.
	Log string

	program string
	args    []string
	process *process
}

// newManager chooses the addresses of a replica. Its SCIM base URL, as shown
// in status, is its own address unless extra says otherwise.
func newManager(program, kubeconfig, log string, extra ...string) (*Manager, error) {
	var address [3]string
	for i := range address {
		free, err := FreeAddress()
		if err != nil {
			return nil, err
		}
		address[i] = free
	}
	m := &Manager{
		SCIMURL:    "http://" + address[0],
		MetricsURL: "http://" + address[1] + "/metrics",
		HealthURL:  "http://" + address[2],
		Log:        log,
		program:    program,
	}
	m.args = append([]string{
		"--kubeconfig=" + kubeconfig,
		"--scim-bind-address=" + address[0],
		"--scim-base-url=" + m.SCIMURL,
		"--metrics-bind-address=" + address[1],
		"--health-probe-bind-address=" + address[2],
		"--leader-elect=true",
		"--leader-election-namespace=" + ManagerAccount.Namespace,
	}, extra...)
	return m, nil
}

// Start runs the replica and waits until it says that it is ready: its caches
// are filled and it takes SCIM requests. It may not be the leader yet.
func (m *Manager) Start(ctx context.Context) error {
	p, err := startProcess(m.Log, m.program, m.args...)
	if err != nil {
		return fmt.Errorf("start the manager: %w", err)
	}
	m.process = p
	if err := m.waitReady(ctx); err != nil {
		p.kill()
		return fmt.Errorf("start the manager: %w; the end of %s:\n%s", err, m.Log, p.logTail())
	}
	return nil
}

// Stop ends the replica as Kubernetes does, by SIGTERM with a time limit.
func (m *Manager) Stop() error {
	if m.process == nil {
		return nil
	}
	if err := m.process.stop(managerStopTimeout); err != nil {
		return fmt.Errorf("stop the manager: %w; the end of %s:\n%s", err, m.Log, m.process.logTail())
	}
	return nil
}

// Kill ends the replica without warning, as a crash does.
func (m *Manager) Kill() {
	m.process.kill()
}

// Exited is closed when the replica has ended.
func (m *Manager) Exited() <-chan struct{} {
	return m.process.exited
}

func (m *Manager) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, managerReadyTimeout)
	defer cancel()
	poll := time.NewTicker(pollInterval)
	defer poll.Stop()
	for last := error(nil); ; {
		select {
		case <-ctx.Done():
			return fmt.Errorf("it was not ready within %s: %w", managerReadyTimeout, last)
		case <-m.process.exited:
			return fmt.Errorf("it ended before it was ready: %w", m.process.err)
		case <-poll.C:
		}
		if last = m.ready(ctx); last == nil {
			return nil
		}
	}
}

func (m *Manager) ready(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, m.HealthURL+"/readyz", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("readyz answers %s", response.Status)
	}
	return nil
}

// PID is the process id of the running replica.
func (m *Manager) PID() int {
	return m.process.cmd.Process.Pid
}
