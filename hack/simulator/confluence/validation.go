package confluence

import (
	"net/http"
	"strings"
	"unicode"
)

// userWrite is what a caller sends of a user.
type userWrite struct {
	UserName       string  `json:"userName"`
	FullName       *string `json:"fullName"`
	Email          *string `json:"email"`
	Password       string  `json:"password"`
	NotifyViaEmail bool    `json:"notifyViaEmail"`
}

// validateNew checks a new user by the rules that the document lists.
func (w userWrite) validateNew() error {
	switch {
	case strings.TrimSpace(w.UserName) == "":
		return invalid("userName must not be blank")
	case strings.ContainsAny(w.UserName, `\,+<>'"`):
		return invalid(`userName must not contain any of \ , + < > ' "`)
	case strings.ContainsFunc(w.UserName, unicode.IsSpace):
		return invalid("userName must not contain whitespace")
	case strings.ContainsFunc(w.UserName, unicode.IsUpper):
		return invalid("userName must not contain upper case characters")
	case w.UserName == "anonymous":
		return invalid("userName must not be anonymous")
	case w.FullName == nil || w.Email == nil:
		return invalid("fullName and email must be given")
	case w.NotifyViaEmail && w.Password != "":
		return invalid("the password must not be specified if notifyViaEmail is true")
	case !w.NotifyViaEmail && strings.TrimSpace(w.Password) == "":
		return invalid("the password must not be blank if notifyViaEmail is false")
	}
	return w.validateDetails()
}

// validateDetails checks what is there of full name and address.
func (w userWrite) validateDetails() error {
	if w.FullName != nil {
		switch {
		case strings.TrimSpace(*w.FullName) == "":
			return invalid("fullName must not be blank")
		case strings.ContainsAny(*w.FullName, "<>"):
			return invalid("fullName must not contain < or >")
		case strings.EqualFold(*w.FullName, "anonymous"):
			return invalid("fullName must not be anonymous")
		}
	}
	if w.Email != nil && !strings.Contains(*w.Email, "@") {
		return invalid("email must be a valid email address")
	}
	return nil
}

func invalid(message string) error {
	return refuse(http.StatusBadRequest, "%s", message)
}
