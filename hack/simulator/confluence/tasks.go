package confluence

import (
	"net/http"
	"strconv"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// task is something that goes on in the background.
type task struct {
	looks  int // how often it is still seen running
	do     func() error
	failed error
}

// end does what the task is for.
func (t *task) end() { t.failed = t.do() }

// deleteUser is DELETE admin/user/{username}, which only begins to.
func (s *Server) deleteUser(c *call) (answer, error) {
	u, err := s.named(c)
	if err != nil {
		return answer{}, err
	}
	if u.Directory.ReadOnly && !s.options.Unconfirmed.RefusesInTask {
		return answer{}, s.readOnly("User " + u.Name)
	}
	id := strconv.Itoa(1000 + len(s.tasks))
	started := &task{looks: s.options.TaskLooks, do: func() error { return s.removeAccount(u) }}
	s.tasks[id] = started
	if started.looks == 0 {
		started.end()
	}
	return answer{http.StatusAccepted, map[string]any{
		"id": id, "links": map[string]string{"status": "/rest/api/longtask/" + id}, "statusPath": "status", "resultPath": "result",
	}}, nil
}

// removeAccount deletes u, unless that has been done.
func (s *Server) removeAccount(u *userbase.Account) error {
	if u.Directory.ReadOnly {
		return s.readOnly("User " + u.Name)
	}
	if s.Account(u.Name) == u {
		s.deleted[s.Identity(u.Name).Key] = u.Name
		s.Remove(u)
	}
	return nil
}

// getTask is GET longtask/{id}. Its document has no field that says that the
// task has ended, only how far it has come.
func (s *Server) getTask(c *call) (answer, error) {
	id := c.PathValue("id")
	t := s.tasks[id]
	if t == nil || t.looks == 0 && s.options.Unconfirmed.ForgetsTasks {
		return answer{}, refuse(http.StatusNotFound, "No task found with id %s", id)
	}
	bean := map[string]any{
		"id": id, "name": map[string]any{"key": "user.deletion", "args": []any{}},
		"elapsedTime": 0, "percentageComplete": 100, "successful": t.failed == nil, "messages": []any{},
	}
	if t.looks > 0 {
		bean["percentageComplete"], bean["successful"] = 100/(t.looks+1), false
		if t.looks--; t.looks == 0 {
			t.end()
		}
	}
	if t.failed != nil {
		bean["messages"] = []any{map[string]any{"key": "user.deletion.failed", "args": []any{}, "translation": t.failed.Error()}}
	}
	return answer{http.StatusOK, bean}, nil
}
