package scimwebhook_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/scimwebhook"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

// BenchmarkCreateUser is a POST of a user as Okta sends it, without what
// Kubernetes takes: the store finds nobody and is told at once that it has
// written.
func BenchmarkCreateUser(b *testing.B) {
	nobody := emptyCluster{}
	limits := scimwebhook.DefaultLimits()
	limits.TokenRate = scimwebhook.Rate{PerSecond: 1e9, Burst: 1e9}
	server, err := scimwebhook.New(scimwebhook.Options{
		Store: store.New(store.Options{
			Client: nobody, Live: nobody, Now: time.Now, NewID: uuid.NewString,
		}),
		Limits: limits,
		Log:    zap.New(zap.WriteTo(io.Discard)),
	})
	if err != nil {
		b.Fatal(err)
	}
	handler := server.Handler()
	const body = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"alice@example.com",` +
		`"externalId":"00u00000000000000001","name":{"givenName":"Alice","familyName":"Example"},` +
		`"emails":[{"primary":true,"value":"alice@example.com","type":"work"}],"locale":"en-US","groups":[],"active":true}`
	b.ReportAllocs()
	for b.Loop() {
		request := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/scim/v2/default/okta/Users", strings.NewReader(body))
		request.Header.Set("Authorization", "Bearer "+token)
		request.Header.Set("Content-Type", "application/scim+json")
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		if answer.Code != http.StatusCreated {
			b.Fatal(answer.Code, answer.Body)
		}
	}
}

// emptyCluster has a SyncConfig and its token, no user and no group, and
// forgets what is created.
type emptyCluster struct{ client.Client }

func (emptyCluster) Get(_ context.Context, key client.ObjectKey, obj client.Object, _ ...client.GetOption) error {
	obj.SetNamespace(key.Namespace)
	obj.SetName(key.Name)
	if secret, ok := obj.(*corev1.Secret); ok {
		secret.Data = map[string][]byte{"token": []byte(token)}
	}
	return nil
}

func (emptyCluster) List(context.Context, client.ObjectList, ...client.ListOption) error { return nil }

func (emptyCluster) Create(_ context.Context, obj client.Object, _ ...client.CreateOption) error {
	user := obj.(*v1alpha1.ProvisionedUser)
	user.UID, user.ResourceVersion, user.Generation = types.UID(user.Name), "1", 1
	user.CreationTimestamp = metav1.Now()
	return nil
}
