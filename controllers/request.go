package controllers

import (
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// request is that of an administrator who wants a user or group looked at now,
// and wants to be told what came of it. Its methods do nothing when it is nil.
type request struct {
	// value is that of the annotation.
	value string
	// steps say by directory what was found, and decided.
	steps map[string]string
}

// requestOn is the request that an object's annotation makes, unless it is the
// one that was handled last.
func requestOn(object client.Object, handled string) *request {
	value := truncate(object.GetAnnotations()[v1alpha1.AnnotationRequestedAt])
	if value == "" || value == handled {
		return nil
	}
	return &request{value: value, steps: map[string]string{}}
}

// doubtUser and doubtGroup have a real look taken: it is not believed that what
// was seen last is still so.
func (r *request) doubtUser(open *openDirectory, account directory.User) {
	if r != nil {
		open.connection.Doubt(account)
	}
}

func (r *request) doubtGroup(open *openDirectory, name string) {
	if r != nil {
		open.connection.DoubtGroup(name)
	}
}

// userStep records what was found of a user, and what is decided.
func (r *request) userStep(directoryName string, decided plan.UserPlan, managed bool) {
	if r == nil {
		return
	}
	found := "found no account that is or may be ours"
	if decided.Account != nil {
		found = "found account " + decided.Account.Name + ", " + matched(managed, decided.Link.Managed)
	}
	r.decided(directoryName, found, decided.Actions(managed))
}

// groupStep records what was found of a group, and what is decided. Of its
// members the end tells.
func (r *request) groupStep(directoryName string, decided plan.GroupPlan, found *directory.Group, managed bool) {
	if r == nil {
		return
	}
	what := "found no group"
	if found != nil {
		what = "found group " + found.Name + ", " + matched(managed, decided.Link.Managed)
	}
	actions := decided.Actions(managed, plan.MembersPlan{})
	if decided.SyncMembers {
		actions = strings.TrimPrefix(actions+", compare members", ", ")
	}
	r.decided(directoryName, what, actions)
}

func matched(before, now bool) string {
	switch {
	case before:
		return "which is ours"
	case now:
		return "matched by name"
	}
	return "which is not ours"
}

func (r *request) decided(directoryName, found, actions string) {
	if actions == "" {
		actions = "nothing"
	}
	r.steps[directoryName] = found + "; decided to do: " + actions
}

// answerTo remembers that a request was handled, and gives what to tell of it;
// empty if there is none, or it cannot be handled yet.
func answerTo(w work) string {
	p := w.progressed()
	waits := func(v verdict) bool { return v.waiting || v.unchanged }
	if p.request == nil || p.held != nil || !p.every(func(v verdict) bool { return !waits(v) }) {
		return ""
	}
	*w.answered() = p.request.value
	parts := make([]string, 0, len(p.verdicts))
	for _, v := range p.verdicts {
		step := p.request.steps[v.directory]
		if step != "" {
			step += "; "
		}
		parts = append(parts, v.directory+": "+step+"now: "+v.message)
	}
	return strings.Join(parts, " | ")
}

// tellAnswer tells that a request was handled. Whoever asked waits for it:
// however many events there are, this one is sent.
func (b *base) tellAnswer(object client.Object, answer string) {
	if answer != "" {
		b.normal(object, v1alpha1.EventRequestHandled, "Request", "%s", answer)
	}
}
