package localenv

import (
	"context"
	"fmt"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// tokenLifetime is longer than a local environment stays up: there is no
// kubelet that would renew the token.
const tokenLifetime = 30 * 24 * time.Hour

// requestToken gets a token by the TokenRequest API, as a kubelet does for a pod.
func requestToken(ctx context.Context, c client.Client, account client.ObjectKey) (string, error) {
	holder := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: account.Namespace, Name: account.Name}}
	request := &authenticationv1.TokenRequest{
		Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: new(int64(tokenLifetime.Seconds()))},
	}
	if err := c.SubResource("token").Create(ctx, holder, request); err != nil {
		return "", fmt.Errorf("request a token for ServiceAccount %s: %w", account, err)
	}
	return request.Status.Token, nil
}

// kubeconfig points at the API server of config and signs in with token.
func kubeconfig(config *rest.Config, user, token string) ([]byte, error) {
	const name = "local"
	content, err := clientcmd.Write(clientcmdapi.Config{
		Clusters:       map[string]*clientcmdapi.Cluster{name: {Server: config.Host, CertificateAuthorityData: config.CAData}},
		AuthInfos:      map[string]*clientcmdapi.AuthInfo{user: {Token: token}},
		Contexts:       map[string]*clientcmdapi.Context{name: {Cluster: name, AuthInfo: user}},
		CurrentContext: name,
	})
	if err != nil {
		return nil, fmt.Errorf("write a kubeconfig for %s: %w", user, err)
	}
	return content, nil
}
