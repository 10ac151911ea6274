package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// importRounds is how many turns an import and its reference take.
const importRounds = 10

// measureImport brings all users of the large tenant by SCIM, and compares the
// rate with creating the same objects by client-go in this process, which
// watches them too. The SyncConfig is paused meanwhile.
func measureImport(ctx context.Context, w *world) ([]result, error) {
	const beside = "import-reference"
	if w.estates[w.users] != nil {
		return nil, fmt.Errorf("the tenant of %d users is there already: measure import before what needs it", w.users)
	}
	e, err := w.newEstate(ctx, w.users)
	if err != nil {
		return nil, err
	}
	if err := w.prepare(ctx, beside); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := w.watchUsers(ctx, beside); err != nil {
		return nil, err
	}
	stored, err := e.firstUser(ctx)
	if err != nil {
		return nil, err
	}
	told := startProgress("users by SCIM and as many by client-go", e.users)
	defer told.end()
	keep := w.profile(ctx, e.tenant)
	perRound := e.users / importRounds
	taken, err := contest{
		rounds: importRounds,
		reference: func(ctx context.Context, round int) error {
			return w.write(ctx, stored, beside, round*perRound, perRound)
		},
		ours: func(ctx context.Context, round int) error {
			defer told.done.Add(int64(perRound))
			return e.post(ctx, round*perRound, perRound)
		},
	}.run(ctx)
	if err != nil {
		return nil, err
	}
	if err := keep(); err != nil {
		return nil, err
	}
	e.created["provisionedusers"] += float64(e.users) // those of the reference are not ours
	what := fmt.Sprintf("import of %d users by POST from %d connections", e.users, connections)
	return []result{rates(what, perRound, taken)}, e.cached(ctx, e.users)
}

// firstUser makes user 0 by SCIM, and shows what the server made of it.
func (e *estate) firstUser(ctx context.Context) (stored *v1alpha1.ProvisionedUser, err error) {
	stored, err = e.world.storedUser(ctx, e.tenant)
	if err == nil {
		e.ids[0] = stored.Spec.ID
	}
	return stored, err
}

// post makes users by SCIM from the first-th on; user 0 is there already.
func (e *estate) post(ctx context.Context, first, count int) error {
	return parallel(ctx, count, func(ctx context.Context, n int) (err error) {
		if n += first; n > 0 {
			e.ids[n], err = e.create(ctx, "/Users", profile(n))
		}
		return err
	})
}

// replace is a PUT of a resource.
func (t *tenant) replace(ctx context.Context, path string, resource any) error {
	body, err := json.Marshal(resource)
	if err != nil {
		return err
	}
	_, err = t.send(ctx, http.MethodPut, path, body)
	return err
}
