package rest

import (
	"html"
	"net/url"
	"strings"
)

const (
	maxMessageLength   = 500
	maxRequestIDLength = 100
	// A shorter secret is no secret, and common in other words.
	minSecretLength = 4
)

// redact takes secrets out of what a product said, as they are and as they
// stand in queries and pages. Some products repeat the request that they
// refuse.
func redact(message string, secrets []string) string {
	for _, secret := range secrets {
		if len(secret) < minSecretLength {
			continue
		}
		for _, form := range []string{secret, url.QueryEscape(secret), html.EscapeString(secret)} {
			message = strings.ReplaceAll(message, form, "[redacted]")
		}
	}
	return message
}

func shorten(message string, most int) string {
	if runes := []rune(message); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return message
}
