package cloud

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// attributes are those that a provisioning client sets, besides active. What
// else is sent is read-only and ignored.
var attributes = map[string]bool{
	"userName": true, "emails": true, "externalId": true, "name": true, "displayName": true, "nickName": true,
	"title": true, "preferredLanguage": true, "department": true, "organization": true, "timezone": true,
	"phoneNumbers": true, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": true,
}

// set checks the attributes and makes them those of the account.
func (s *Server) set(a *account, given map[string]any) error {
	active, told := given["active"]
	isActive, isBool := active.(bool)
	if told && !isBool {
		return refuse(http.StatusBadRequest, "invalidValue", "Attribute [active] must be true or false.")
	}
	profile := maps.Clone(given)
	maps.DeleteFunc(profile, func(name string, _ any) bool { return !attributes[name] })
	candidate := &account{profile: profile, email: primaryEmail(profile)}
	if err := s.valid(candidate); err != nil {
		return err
	}
	if err := s.conflict(a, candidate); err != nil {
		return err
	}
	s.forget(a)
	a.profile, a.email = profile, candidate.email
	s.index(a)
	a.active, a.deleted = isActive || !told, false
	a.modified = s.options.Clock().UTC()
	if a.linked == "" {
		a.linked = s.link(a.email)
	}
	return nil
}

// conflict says what of the candidate is somebody else's than a's.
func (s *Server) conflict(a, candidate *account) error {
	if other := s.holder(candidate.name()); other != nil && other != a {
		return taken("USER", "userName", candidate.name())
	}
	if other := s.state.emails[strings.ToLower(candidate.email)]; other != nil && other != a {
		return taken("USER", "email", candidate.email)
	}
	if containsFold(s.options.ForeignEmails, candidate.email) {
		return taken("USER", "email", candidate.email)
	}
	return nil
}

func (s *Server) valid(a *account) error {
	domain := a.email[strings.LastIndex(a.email, "@")+1:]
	switch {
	case strings.TrimSpace(a.name()) == "":
		return refuse(http.StatusBadRequest, "invalidValue", "Attribute [userName] is required.")
	case !strings.Contains(a.email, "@"):
		return refuse(http.StatusBadRequest, "invalidValue", "Attribute [emails] must have a primary value that is an e-mail address.")
	case len(s.options.VerifiedDomains) > 0 && !containsFold(s.options.VerifiedDomains, domain):
		return refuse(http.StatusBadRequest, "invalidValue", "Domain [%s] is not verified for this organization.", domain)
	}
	return nil
}

// link gives the Atlassian account that a user with that address belongs to:
// the managed one that is there, or a new one.
func (s *Server) link(email string) string {
	for address, accountID := range s.options.ManagedAccounts {
		if strings.EqualFold(address, email) {
			return accountID
		}
	}
	return "712020:" + newID()
}

func containsFold(all []string, one string) bool {
	return slices.ContainsFunc(all, func(s string) bool { return strings.EqualFold(s, one) })
}
