package directory_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
)

func TestConfigNeverShowsCredentials(t *testing.T) {
	config := directory.Config{
		Product: "Jira", URL: "https://jira.example.com", Token: "secret-token",
		Username: "ada", Password: "secret-password", CABundle: "secret-bundle", RequestTimeout: time.Second,
	}
	encoded, err := json.Marshal(config)
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "config", config)

	shown := map[string]string{
		"%v": fmt.Sprintf("%v", config), "%+v": fmt.Sprintf("%+v", config), "%#v": fmt.Sprintf("%#v", config),
		"%q": fmt.Sprintf("%q", config), "pointer": fmt.Sprintf("%+v", &config),
		"inside": fmt.Sprintf("%+v", struct{ C directory.Config }{config}),
		"slog":   logged.String(), "logr": fmt.Sprint(config.MarshalLog()), "JSON": string(encoded),
	}
	for how, text := range shown {
		t.Run(how, func(t *testing.T) {
			g := NewWithT(t)
			g.Expect(text).To(ContainSubstring("jira.example.com"))
			g.Expect(text).NotTo(ContainSubstring("secret"))
		})
	}
}

func TestConfigSaysHowItSignsIn(t *testing.T) {
	g := NewWithT(t)
	g.Expect(directory.Config{Token: "x"}.String()).To(ContainSubstring("access token"))
	g.Expect(directory.Config{Username: "ada"}.String()).To(ContainSubstring("basic authentication as ada"))
}
