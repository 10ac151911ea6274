package scimwebhook

import (
	"crypto/tls"
	"fmt"
	"path/filepath"

	"sigs.k8s.io/controller-runtime/pkg/certwatcher"
)

// watchCertificates reads tls.crt and tls.key, as a mounted Secret of type
// kubernetes.io/tls has them.
func watchCertificates(dir string) (*certwatcher.CertWatcher, error) {
	watcher, err := certwatcher.New(filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key"))
	if err != nil {
		return nil, fmt.Errorf("read the SCIM server's certificate tls.crt and key tls.key from %s: %w", dir, err)
	}
	return watcher, nil
}

func tlsConfig(certificates *certwatcher.CertWatcher) *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"},
		GetCertificate: certificates.GetCertificate,
	}
}
