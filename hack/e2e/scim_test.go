package e2e

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
)

// answer is what the SCIM server said to a request that no Okta would send.
type answer struct {
	Status int
	Header http.Header
	// Text is the body, and Body the same read as a JSON object.
	Text string
	Body map[string]any
}

// send makes a SCIM request with the right token.
func (t *tenant) send(ctx context.Context, method, path, body string) answer {
	GinkgoHelper()
	return sendSCIM(ctx, method, t.baseURL(replicas[0])+path, "Bearer "+t.token, body)
}

// sendSCIM makes a request; without authorization if that is empty.
func sendSCIM(ctx context.Context, method, url, authorization, body string) answer {
	GinkgoHelper()
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	Expect(err).NotTo(HaveOccurred())
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	request.Header.Set("Content-Type", "application/scim+json")
	response, err := http.DefaultClient.Do(request)
	Expect(err).NotTo(HaveOccurred())
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	Expect(err).NotTo(HaveOccurred())
	got := answer{Status: response.StatusCode, Header: response.Header, Text: string(text)}
	if len(text) > 0 {
		Expect(json.Unmarshal(text, &got.Body)).To(Succeed(), got.Text)
	}
	Expect(secrets.in(got.Text)).To(BeEmpty(), "no answer tells a secret")
	return got
}

// beSCIMError matches an error in the form of RFC 7644 section 3.12, whose
// detail is what an administrator reads at the identity provider.
func beSCIMError(status int, scimType, detail string) types.GomegaMatcher {
	kind := Not(HaveKey("scimType"))
	if scimType != "" {
		kind = HaveKeyWithValue("scimType", scimType)
	}
	return And(HaveField("Status", status), HaveField("Body", And(
		HaveKeyWithValue("schemas", ConsistOf("urn:ietf:params:scim:api:messages:2.0:Error")),
		HaveKeyWithValue("status", strconv.Itoa(status)),
		HaveKeyWithValue("detail", And(Not(BeEmpty()), ContainSubstring(detail))),
		kind,
	)))
}
