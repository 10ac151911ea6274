package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"syscall"
	"testing"

	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

func TestFromAPI(t *testing.T) {
	users := schema.GroupResource{Group: "atlassync.dev", Resource: "provisionedusers"}
	secret := errors.New("cluster detail")
	for _, tt := range []struct {
		name string
		err  error
		want Kind
	}{
		{"API server down", &url.Error{Op: "Post", URL: "https://10.0.0.1", Err: syscall.ECONNREFUSED}, Unavailable},
		{"API server slow", apierrors.NewServerTimeout(users, "create", 1), Unavailable},
		{"request over its time", fmt.Errorf("wait: %w", context.DeadlineExceeded), Unavailable},
		{"client gone", context.Canceled, Unavailable},
		{"API server busy", apierrors.NewTooManyRequests("later", 1), Unavailable},
		{"etcd has no leader", apierrors.NewInternalError(secret), Unavailable},
		{"too large", apierrors.NewRequestEntityTooLargeError("limit"), TooLarge},
		{"RBAC is wrong", apierrors.NewForbidden(users, "alice", secret), Internal},
		{"anything else", secret, Internal},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := NewWithT(t)
			got := fromAPI(tt.err)
			g.Expect(got.Kind).To(Equal(tt.want))
			g.Expect(got.Detail).NotTo(ContainSubstring("cluster detail"))
			g.Expect(got.Detail).NotTo(ContainSubstring("10.0.0.1"))
			g.Expect(errors.Is(got, tt.err)).To(BeTrue())
		})
	}
}
