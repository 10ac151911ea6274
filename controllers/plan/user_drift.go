package plan

import (
	"fmt"
	"strings"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// What others can change of an account, as events and messages call it.
const (
	driftAccount    = "existence"
	driftName       = "username"
	driftProfile    = "display name"
	driftEmail      = "e-mail address"
	driftActivation = "activation"
	driftGroups     = "groups"
)

// regardingDrift names what of the plan undoes changes of others: the account
// was as wanted before, and the same is wanted now. Where drift is left, that
// is taken out of the plan.
func (p UserPlan) regardingDrift(want Wanted, link UserLink, caps directory.Capabilities, policy Policy) UserPlan {
	if want.Deleted || !link.Managed || link.Settled != want.fingerprint() {
		return p
	}
	var ours []directory.UserChange
	for _, change := range p.Changes {
		p.Drift = append(p.Drift, driftIn(change, caps)...)
		if change.Email != nil && !caps.ReadsEmail {
			ours = append(ours, directory.UserChange{Email: change.Email})
		}
	}
	if p.Create != nil {
		p.Drift = append(p.Drift, driftAccount)
	}
	if len(p.Leave) > 0 {
		p.Drift = append(p.Drift, driftGroups)
	}
	if policy.CorrectDrift || len(p.Drift) == 0 {
		return p
	}
	return p.leavingDrift(want, link, ours)
}

// driftIn names what others must have changed for a change to be needed. An
// e-mail address that the product does not show is not among it: only what we
// want of it can have changed.
func driftIn(change directory.UserChange, caps directory.Capabilities) []string {
	var drift []string
	if change.Name != nil {
		drift = append(drift, driftName)
	}
	if change.DisplayName != nil {
		drift = append(drift, driftProfile)
	}
	if change.Email != nil && caps.ReadsEmail {
		drift = append(drift, driftEmail)
	}
	if change.Active != nil {
		drift = append(drift, driftActivation)
	}
	return drift
}

// leavingDrift leaves what others changed and says so. Somebody who should
// have no access and has it again is a matter of its own.
func (p UserPlan) leavingDrift(want Wanted, link UserLink, ours []directory.UserChange) UserPlan {
	regained := !want.Active && (len(p.Leave) > 0 || len(p.Changes) > 0 && p.Changes[0].Active != nil)
	what := strings.Join(p.Drift, " and ")
	inSync := p.inSync()
	p.Create, p.Leave, p.Changes, p.Link = nil, nil, ours, link
	p.State = stateOf(p.Account)
	switch {
	case regained:
		p.Reason = v1alpha1.ReasonUnwantedAccess
		p.Message = keepsAccess(p.Account.Name) + fmt.Sprintf("others changed its %s, and resync.correctDrift is off: take the access away by hand, or switch it on", what)
	case inSync && p.Account == nil:
		p.Reason = v1alpha1.ReasonDriftReported
		p.Message = fmt.Sprintf("No account: others deleted %s, which is left so (resync.correctDrift is off)", want.Name)
	case inSync:
		p.Reason = v1alpha1.ReasonDriftReported
		p.Message = fmt.Sprintf("%s as %s: others changed its %s, which is left so (resync.correctDrift is off)", p.State, p.Account.Name, what)
	}
	return p
}
