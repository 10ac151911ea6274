package main

import (
	"context"
	"math/rand/v2"
)

// operation is something that Okta, or its administrator, does.
type operation struct {
	name string
	// share is how many of a hundred operations are of this sort.
	share int
	// do picks whom it is done to, and does it. It reports false when there is
	// nobody: then the next best is done.
	do func(*traffic, context.Context) (done bool, err error)
}

// mix is what a large organisation's Okta sends on a working day. There is no
// published count; the shares are reasoned from what makes Okta send each
// (https://developer.okta.com/docs/concepts/scim/):
//
//   - a profile that changes is read and put back: the most frequent cause, as
//     every change of a mapped attribute is pushed to every app;
//   - Okta searches by userName before it creates, and when somebody imports;
//   - memberships follow group rules, and so changes of profiles;
//   - joiners, leavers and returners are about equally many, as the population
//     is bounded; so are groups that come and go;
//   - a scheduled import reads everything page by page, rarely;
//   - Okta never deletes a user: the DELETE is that of an administrator's
//     script, and makes room for new people.
var mix = []operation{
	{"update profile (GET, PUT)", 33, (*traffic).updateProfile},
	{"find by userName (GET)", 12, (*traffic).find},
	{"add members (PATCH, PATCH)", 14, (*traffic).addMembers},
	{"remove member (PATCH, PATCH)", 10, (*traffic).removeMember},
	{"replace members (PATCH)", 3, (*traffic).replaceMembers},
	{"deactivate (PATCH)", 7, (*traffic).deactivate},
	{"reactivate (PATCH)", 7, (*traffic).reactivate},
	{"assign (GET, POST)", 5, (*traffic).assign},
	{"delete user (DELETE)", 4, (*traffic).deleteUser},
	{"push group (GET, POST, PATCH, PATCH)", 2, (*traffic).pushGroup},
	{"delete group (DELETE)", 2, (*traffic).deleteGroup},
	{"import (GET pages)", 1, (*traffic).importAll},
}

// pick chooses an operation by the shares.
func pick(random *rand.Rand) *operation {
	n := random.IntN(100)
	for i := range mix {
		if n -= mix[i].share; n < 0 {
			return &mix[i]
		}
	}
	return &mix[0]
}
