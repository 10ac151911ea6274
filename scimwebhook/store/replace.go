package store

import (
	"context"
	"slices"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// replace makes want the members. What is the same before and after is not
// touched. If several pages change, the group says so from before the first
// change until after the last one, so that nobody acts on half of it; when it
// breaks off, the next replacement takes over.
func (p *paging) replace(ctx context.Context, want []string) error {
	var err error
	if p.group, err = p.reread(ctx, p.scope, p.group); err != nil {
		return err
	}
	pages, err := p.liveSlicesOf(ctx, p.group)
	if err != nil {
		return err
	}
	plan := replaceAll(want, membersOf(p.group, pages))
	token := p.group.Spec.Pages.Replacing
	if token != "" || plan.touched(p.openPage(pages)) > 1 {
		if token, err = p.begin(ctx); err != nil {
			return err
		}
	}
	if err := p.carryOut(ctx, plan, pages); err != nil {
		return err
	}
	return p.end(ctx, token)
}

// membersOf are the members of each page, the group's own first.
func membersOf(group *v1alpha1.ProvisionedGroup, pages []*v1alpha1.MembershipSlice) [][]string {
	all := [][]string{group.Spec.Members}
	for _, page := range pages {
		all = append(all, page.Spec.Members)
	}
	return all
}

// openPage gives the place of the open page in membersOf, and its room.
func (p *paging) openPage(pages []*v1alpha1.MembershipSlice) (place, room int) {
	if p.group.Spec.Pages.OpenSlice == "" {
		return 0, pageSize - len(p.group.Spec.Members)
	}
	i := slices.IndexFunc(pages, func(s *v1alpha1.MembershipSlice) bool { return s.Name == p.group.Spec.Pages.OpenSlice })
	if i < 0 {
		return -1, 0
	}
	return i + 1, pageSize - len(pages[i].Spec.Members)
}

func (p *paging) carryOut(ctx context.Context, plan replacement, pages []*v1alpha1.MembershipSlice) error {
	if _, err := p.removeFromGroup(ctx, plan.remove[0]); err != nil {
		return err
	}
	for i, page := range pages {
		if _, err := p.removeFrom(ctx, page, plan.remove[i+1]); err != nil {
			return err
		}
	}
	return p.add(ctx, plan.add)
}

// begin says that the members are being replaced, by us.
func (p *paging) begin(ctx context.Context) (token string, err error) {
	token = p.newID()
	if p.creating {
		token = beginning + token
	}
	return token, p.retry(ctx, func() error {
		return p.writeGroup(ctx, func(spec *v1alpha1.ProvisionedGroupSpec) { spec.Pages.Replacing = token })
	})
}

// end says that the replacement is complete, unless another one has taken
// over. The open slice begins a new turn with it: whoever sees that turn in the
// slice has seen every slice as the replacement left it.
func (p *paging) end(ctx context.Context, token string) error {
	if token == "" {
		return nil
	}
	begun := int64(-1)
	return p.retry(ctx, func() (err error) {
		if p.group.Spec.Pages.Replacing != token {
			return nil
		}
		// One turn is enough, however often the group's status is written
		// meanwhile. Somebody else may have given the group that turn, or a later.
		if begun < 0 {
			if begun, err = p.beginTurn(ctx); err != nil {
				return err
			}
		}
		return p.writeGroup(ctx, func(spec *v1alpha1.ProvisionedGroupSpec) {
			spec.Pages.Turn, spec.Pages.Replacing = max(begun, spec.Pages.Turn), ""
		})
	})
}

// beginTurn begins a new turn in the open slice, if there is one, and gives the
// turn; -1 with an error.
func (p *paging) beginTurn(ctx context.Context) (int64, error) {
	open, closed, err := p.open(ctx)
	if err == nil && closed {
		_, err = p.turn(ctx, nil)
	}
	if err != nil {
		return -1, err
	}
	turn := p.group.Spec.Pages.Turn
	if open == nil {
		return turn, nil
	}
	turn++
	if _, err := p.writeSlice(ctx, open, func(spec *v1alpha1.MembershipSliceSpec) { spec.Turn = turn }); err != nil {
		return -1, err
	}
	return turn, nil
}
