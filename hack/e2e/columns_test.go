package e2e

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
)

var _ = Describe("What kubectl get shows", func() {
	It("tells everything at a glance", func(ctx SpecContext) {
		t := newTenant(ctx)
		idp := t.okta(okta.Template, replicas[0])
		ada := newPerson("ada", "Ada", "Lovelace")
		user, err := idp.CreateUser(ctx, ada.Profile)
		Expect(err).NotTo(HaveOccurred())
		group, err := idp.PushGroup(ctx, "staff", okta.MemberOf(user))
		Expect(err).NotTo(HaveOccurred())
		t.expectPerson(ctx, idp, user.ID(), ada)
		t.expectGroup(ctx, idp, group.ID(), "staff", user)
		t.expectConfig(ctx, beReady(metav1.ConditionTrue, v1alpha1.ReasonSucceeded, "1 of 1 users and 1 of 1 groups"))

		config, err := t.read(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(config.Status.SCIM.BaseURL).To(BeElementOf(t.baseURL(replicas[0]), t.baseURL(replicas[1])), "what to enter in Okta")

		Expect(tableOf(ctx, t, "syncconfigs")).To(Equal(table{
			Columns: []string{"Name", "Provider", "Mode", "Users", "Groups", "Ready", "Status", "Age"},
			Wide:    []string{"Directories"},
			Cells:   []any{"okta", "Okta", "Enforce", 1.0, 1.0, "True", "1 of 1 users and 1 of 1 groups in sync", "jira"},
		}))
		Expect(tableOf(ctx, t, "provisionedusers")).To(And(
			HaveField("Columns", []string{"Name", "Username", "Active", "Ready", "Status", "Age"}),
			HaveField("Wide", []string{"Email", "External-ID", "Directory-Usernames"}),
			HaveField("Cells", ContainElements(ada.Login, true, "True", ContainSubstring("jira: "), ada.Email, ada.ID, "ada")),
		))
		Expect(tableOf(ctx, t, "provisionedgroups")).To(And(
			HaveField("Columns", []string{"Name", "Group", "Members", "Ready", "Status", "Age"}),
			HaveField("Wide", BeEmpty()),
			HaveField("Cells", ContainElements("staff", 1.0, "True", ContainSubstring("jira: "))),
		))
	})
})

// table is what kubectl get prints: with -o wide, Wide as well.
type table struct {
	Columns, Wide []string
	// Cells are those of the only row, without the age.
	Cells []any
}

// tableOf asks for a table as kubectl does.
func tableOf(ctx context.Context, t *tenant, resource string) table {
	GinkgoHelper()
	config := env.ControlPlane.Config
	caller, err := rest.HTTPClientFor(config)
	Expect(err).NotTo(HaveOccurred())
	server, _, err := rest.DefaultServerUrlFor(config)
	Expect(err).NotTo(HaveOccurred())
	url := server.JoinPath("apis", v1alpha1.GroupVersion.String(), "namespaces", t.key.Namespace, resource)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url.String(), nil)
	Expect(err).NotTo(HaveOccurred())
	request.Header.Set("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
	response, err := caller.Do(request)
	Expect(err).NotTo(HaveOccurred())
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	Expect(err).NotTo(HaveOccurred())
	var printed metav1.Table
	Expect(json.Unmarshal(content, &printed)).To(Succeed(), string(content))
	Expect(printed.Rows).To(HaveLen(1))

	var shown table
	for i, column := range printed.ColumnDefinitions {
		if column.Priority == 0 {
			shown.Columns = append(shown.Columns, column.Name)
		} else {
			shown.Wide = append(shown.Wide, column.Name)
		}
		if column.Name != "Age" {
			shown.Cells = append(shown.Cells, printed.Rows[0].Cells[i])
		}
	}
	return shown
}
