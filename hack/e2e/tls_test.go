package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("HTTPS", func() {
	It("is served with the mounted certificate, and with its successor", func(ctx SpecContext) {
		t := newTenant(ctx)
		dir := GinkgoT().TempDir()
		first := writeCertificate(dir, 1)
		manager, err := env.StartManager(ctx, "https", "--scim-tls-cert-dir="+dir)
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(manager.Stop)
		address := strings.TrimPrefix(manager.SCIMURL, "http://")
		path := strings.TrimPrefix(t.baseURL(manager), manager.SCIMURL)

		client := trusting(first)
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+address+path+"/Users", nil)
		Expect(err).NotTo(HaveOccurred())
		request.Header.Set("Authorization", "Bearer "+t.token)
		response, err := client.Do(request)
		Expect(err).NotTo(HaveOccurred())
		Expect(response.Body.Close()).To(Succeed())
		Expect(response.StatusCode).To(Equal(http.StatusOK))

		By("refusing what is not TLS, or too old")
		Expect(get(t.baseURL(manager) + "/Users")).To(Equal(http.StatusBadRequest))
		_, err = tls.Dial("tcp", address, &tls.Config{RootCAs: pool(first), MaxVersion: tls.VersionTLS11}) //nolint:gosec // the point of the test
		Expect(err).To(HaveOccurred())

		By("changing the certificate")
		second := writeCertificate(dir, 2)
		Eventually(func() error { return handshake(address, second) }).Should(Succeed())
		Expect(handshake(address, first)).NotTo(Succeed())
	})
})

// writeCertificate puts a new self-signed certificate and its key into dir.
func writeCertificate(dir string, serial int64) *x509.Certificate {
	GinkgoHelper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	Expect(err).NotTo(HaveOccurred())
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	Expect(err).NotTo(HaveOccurred())
	keyRaw, err := x509.MarshalPKCS8PrivateKey(key)
	Expect(err).NotTo(HaveOccurred())
	for name, block := range map[string]*pem.Block{
		"tls.crt": {Type: "CERTIFICATE", Bytes: raw}, "tls.key": {Type: "PRIVATE KEY", Bytes: keyRaw},
	} {
		path := filepath.Join(dir, name)
		Expect(os.WriteFile(path+".new", pem.EncodeToMemory(block), 0o600)).To(Succeed())
		Expect(os.Rename(path+".new", path)).To(Succeed())
	}
	certificate, err := x509.ParseCertificate(raw)
	Expect(err).NotTo(HaveOccurred())
	return certificate
}

func pool(certificate *x509.Certificate) *x509.CertPool {
	trusted := x509.NewCertPool()
	trusted.AddCert(certificate)
	return trusted
}

func trusting(certificate *x509.Certificate) *http.Client {
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool(certificate), MinVersion: tls.VersionTLS12}, DisableKeepAlives: true,
	}}
}

// handshake succeeds if the server at address has this certificate.
func handshake(address string, certificate *x509.Certificate) error {
	connection, err := tls.Dial("tcp", address, &tls.Config{RootCAs: pool(certificate), MinVersion: tls.VersionTLS12})
	if err != nil {
		return err
	}
	return connection.Close()
}

func get(url string) (int, error) {
	response, err := http.Get(url)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}
