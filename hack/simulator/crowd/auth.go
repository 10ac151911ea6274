package crowd

import (
	"crypto/subtle"
	"net"
	"net/http"
	"slices"
)

// isApplication reports whether a request carries the application's
// credentials. Those of a user, an administrator's too, are not good enough,
// and there are no tokens.
func (s *Server) isApplication(r *http.Request) bool {
	return signedIn(r, s.options.ApplicationName, s.options.ApplicationPassword)
}

// isAdministrator reports whether a request carries the administrator's
// credentials. An application's are not good enough.
func (s *Server) isAdministrator(r *http.Request) bool {
	return signedIn(r, s.options.AdminName, s.options.AdminPassword)
}

func signedIn(r *http.Request, name, password string) bool {
	gotName, gotPassword, ok := r.BasicAuth()
	return ok && gotName == name && subtle.ConstantTimeCompare([]byte(gotPassword), []byte(password)) == 1
}

// checkAddress refuses addresses that the application may not call from.
func (s *Server) checkAddress(r *http.Request) *apiError {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if len(s.options.RemoteAddresses) == 0 || err == nil && slices.Contains(s.options.RemoteAddresses, host) {
		return nil
	}
	return refuse(http.StatusForbidden, "APPLICATION_PERMISSION_DENIED",
		"Application does not have permission to use Crowd from %s", host)
}

// authenticateUser is POST authentication: it checks a user's password.
func (s *Server) authenticateUser(c *call) (answer, error) {
	var given passwordEntity
	if err := c.decode(&given); err != nil {
		return answer{}, err
	}
	name := c.query.Get("username")
	u := s.Account(name)
	switch {
	case u == nil:
		return answer{}, refuse(http.StatusBadRequest, "USER_NOT_FOUND", "User <%s> does not exist", name)
	case !u.Active:
		return answer{}, refuse(http.StatusBadRequest, "INACTIVE_ACCOUNT", "Account with name <%s> is inactive", name)
	case u.Password == "" || u.Password != given.Value:
		return answer{}, refuse(http.StatusBadRequest, "INVALID_USER_AUTHENTICATION", "Failed to authenticate principal, password was invalid")
	}
	return answer{http.StatusOK, s.userEntity(c, u)}, nil
}

// cookieConfig is GET config/cookie.
func cookieConfig(*call) (answer, error) {
	return answer{http.StatusOK, &cookieEntity{Name: "crowd.token_key"}}, nil
}
