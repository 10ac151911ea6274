package scimwebhook_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/google/uuid"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/scimwebhook"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

// interrupted is a client whose creations do something else first.
type interrupted struct {
	client.Client
	before func(ctx context.Context) error
}

func (i interrupted) Create(ctx context.Context, obj client.Object, opts ...client.CreateOption) error {
	if err := i.before(ctx); err != nil {
		return err
	}
	return i.Client.Create(ctx, obj, opts...)
}

// interruptedStore is a store on which creations do something else first.
func interruptedStore(before func(ctx context.Context) error) *store.Store {
	return store.New(store.Options{
		Client: interrupted{replica.Client, before}, Live: replica.Live, NewID: uuid.NewString, Now: time.Now,
	})
}

// blind is an API server that cannot be reached.
type blind struct{ client.Reader }

func (blind) Get(context.Context, client.ObjectKey, client.Object, ...client.GetOption) error {
	return &url.Error{Op: "Get", URL: "https://10.96.0.1", Err: syscall.ECONNREFUSED}
}

// start runs a server for a new SyncConfig and gives a client of it, what
// stops it, and the result of Start.
func start(ctx context.Context, options scimwebhook.Options) (running *idp, stop func(), result chan error) {
	running = newIDP(ctx, options)
	options.BindAddress, options.Log = "127.0.0.1:0", running.log.logger()
	if options.Store == nil {
		options.Store = replica.Store
	}
	var err error
	running.server, err = scimwebhook.New(options)
	Expect(err).NotTo(HaveOccurred())
	Expect(running.server.Ready(nil)).To(MatchError(ContainSubstring("not listening")))

	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	DeferCleanup(stop)
	result = make(chan error, 1)
	go func() { result <- running.server.Start(serving) }()
	Eventually(func() error { return running.server.Ready(nil) }).Should(Succeed())
	running.url = "http://" + running.server.Address().String() + "/scim/v2/" + running.scope.Namespace + "/okta"
	return running, stop, result
}

var _ = Describe("Server", func() {
	It("does not wait to be the leader", func() {
		server, err := scimwebhook.New(scimwebhook.Options{Store: replica.Store})
		Expect(err).NotTo(HaveOccurred())
		Expect(server.NeedLeaderElection()).To(BeFalse())
	})

	It("shows on the SyncConfig when its identity provider was last heard of", func(ctx context.Context) {
		running, _, _ := start(ctx, scimwebhook.Options{})
		config := &v1alpha1.SyncConfig{}
		last := func() (*metav1.Time, error) {
			err := env.Client.Get(ctx, client.ObjectKey{Namespace: running.scope.Namespace, Name: running.scope.SyncConfig}, config)
			return config.Status.SCIM.LastRequestTime, err
		}
		valid := running.headers.Get("Authorization")
		running.headers.Set("Authorization", "Bearer wrong-token-that-is-long-enough")
		Expect(running.get("/Users").Status).To(Equal(http.StatusUnauthorized))
		running.headers.Set("Authorization", valid)
		Expect(last()).To(BeNil(), "a stranger is not the identity provider")
		Expect(running.get("/Users").Status).To(Equal(http.StatusOK))
		Eventually(last).Should(HaveField("Time", BeTemporally("~", time.Now(), time.Minute)))
	})

	It("answers requests that have begun before it stops", func(ctx context.Context) {
		begun, goOn := make(chan struct{}), make(chan struct{})
		running, stop, result := start(ctx, scimwebhook.Options{Store: interruptedStore(func(context.Context) error {
			close(begun)
			<-goOn
			return nil
		})})
		answers := make(chan answer, 1)
		go func() {
			defer GinkgoRecover()
			answers <- running.post("/Users", `{"userName":"alice"}`)
		}()
		Eventually(begun).Should(BeClosed())
		address := running.server.Address().String()
		stop()
		Eventually(func() error {
			connection, err := net.Dial("tcp", address)
			if err == nil {
				_ = connection.Close()
			}
			return err
		}).Should(MatchError(syscall.ECONNREFUSED))
		Expect(running.server.Ready(nil)).NotTo(Succeed())
		Expect(result).NotTo(Receive())
		close(goOn)
		Eventually(answers).Should(Receive(HaveField("Status", http.StatusCreated)))
		Eventually(result).Should(Receive(BeNil()))
	})

	It("cuts off requests that take too long to finish", func(ctx context.Context) {
		begun, goOn := make(chan struct{}), make(chan struct{})
		running, stop, result := start(ctx, scimwebhook.Options{
			ShutdownTimeout: time.Millisecond,
			Store: interruptedStore(func(context.Context) error {
				close(begun)
				<-goOn
				return errors.New("cut off")
			})})
		DeferCleanup(func() { close(goOn) })
		target, headers := running.url+"/Users", running.headers.Clone()
		go func() {
			defer GinkgoRecover()
			_, err := postUser(target, headers)
			Expect(err).To(HaveOccurred())
		}()
		Eventually(begun).Should(BeClosed())
		stop()
		Eventually(result).Should(Receive(MatchError(ContainSubstring("still running"))))
	})

	It("says why it cannot listen", func(ctx context.Context) {
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(taken.Close)
		server, err := scimwebhook.New(scimwebhook.Options{Store: replica.Store, BindAddress: taken.Addr().String()})
		Expect(err).NotTo(HaveOccurred())
		Expect(server.Start(ctx)).To(MatchError(And(ContainSubstring("listen for SCIM"), ContainSubstring(taken.Addr().String()))))
	})

	It("says which certificate it cannot read", func(ctx context.Context) {
		dir := GinkgoT().TempDir()
		server, err := scimwebhook.New(scimwebhook.Options{Store: replica.Store, BindAddress: "127.0.0.1:0", TLSCertDir: dir})
		Expect(err).NotTo(HaveOccurred())
		Expect(server.Start(ctx)).To(MatchError(And(ContainSubstring("tls.crt"), ContainSubstring(dir))))
	})

	It("serves HTTPS and takes a new certificate without a restart", func(ctx context.Context) {
		dir := GinkgoT().TempDir()
		trusted := x509.NewCertPool()
		trusted.AddCert(writeCertificate(dir, 1))
		running, _, _ := start(ctx, scimwebhook.Options{TLSCertDir: dir})
		address := running.server.Address().String()
		served := func() (int64, error) {
			connection, err := tls.Dial("tcp", address, &tls.Config{RootCAs: trusted, ServerName: "localhost"})
			if err != nil {
				return 0, err
			}
			defer func() { _ = connection.Close() }()
			return connection.ConnectionState().PeerCertificates[0].SerialNumber.Int64(), nil
		}
		Eventually(served).Should(BeEquivalentTo(1))
		trusted.AddCert(writeCertificate(dir, 2))
		Eventually(served).Should(BeEquivalentTo(2))
	})

	It("asks clients to come back when the API server is away", func(ctx context.Context) {
		away := &url.Error{Op: "Post", URL: "https://10.96.0.1", Err: syscall.ECONNREFUSED}
		running, _, _ := start(ctx, scimwebhook.Options{Store: interruptedStore(func(context.Context) error { return away })})
		got := running.post("/Users", `{"userName":"alice"}`)
		Expect(got).To(beError(http.StatusServiceUnavailable, "", "try again"))
		Expect(got.Header.Get("Retry-After")).To(Equal("5"))
		Expect(got.Text).To(And(Not(ContainSubstring("10.96.0.1")), ContainSubstring(got.Header.Get("X-Request-Id"))))
		Expect(running.log.text()).To(ContainSubstring("10.96.0.1"))
	})

	It("does not call a token wrong that it cannot check", func(ctx context.Context) {
		running := newIDP(ctx, scimwebhook.Options{Store: store.New(store.Options{
			Client: replica.Client, Live: blind{replica.Live}, NewID: uuid.NewString, Now: time.Now,
		})})
		got := running.get("/Users")
		Expect(got).To(beError(http.StatusServiceUnavailable, "", "try again"))
		Expect(got.Header.Get("Retry-After")).To(Equal("5"))
	})

	It("answers before Okta closes the connection", func(ctx context.Context) {
		budgets := make(chan time.Duration, 1)
		running, _, _ := start(ctx, scimwebhook.Options{Store: interruptedStore(func(ctx context.Context) error {
			deadline, _ := ctx.Deadline()
			budgets <- time.Until(deadline)
			return context.DeadlineExceeded
		})})
		Expect(running.post("/Users", `{"userName":"alice"}`)).To(beError(http.StatusServiceUnavailable, "", "try again"))
		Expect(budgets).To(Receive(And(BeNumerically(">", 30*time.Second), BeNumerically("<", 60*time.Second))))
	})

	It("survives a panic", func(ctx context.Context) {
		running, _, _ := start(ctx, scimwebhook.Options{Store: interruptedStore(func(context.Context) error { panic("a secret in the heap") })})
		got := running.post("/Users", `{"userName":"alice"}`)
		Expect(got).To(beError(http.StatusInternalServerError, "", got.Header.Get("X-Request-Id")))
		Expect(got.Text).NotTo(ContainSubstring("heap"))
		Expect(running.log.text()).To(ContainSubstring("a secret in the heap"))
		Expect(running.get("/Users").Status).To(Equal(http.StatusOK))
	})

	It("counts requests without letting strangers make series", func(ctx context.Context) {
		running := newIDP(ctx, scimwebhook.Options{})
		registry := prometheus.NewRegistry()
		registry.MustRegister(running.server.Collectors()...)
		running.get("/Users")
		running.get("/made/up")
		running.send("BREW", "/Groups", "")
		running.headers.Del("Authorization")
		running.get("/Users")
		series := counters(registry)
		name := running.scope.Namespace + "/okta"
		Expect(series).To(Equal(map[string]float64{
			"atlassync_scim_auth_failures_total": 1,
			// code, method, resource, syncconfig
			"atlassync_scim_requests_total 200 GET Users " + name:    1,
			"atlassync_scim_requests_total 404 GET other " + name:    1,
			"atlassync_scim_requests_total 405 other Groups " + name: 1,
			"atlassync_scim_requests_total 401 GET Users ":           1,
		}))
	})
})

// counters are the values of all counters by name and labels.
func counters(registry *prometheus.Registry) map[string]float64 {
	GinkgoHelper()
	families, err := registry.Gather()
	Expect(err).NotTo(HaveOccurred())
	values := map[string]float64{}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			name := family.GetName()
			for _, label := range metric.GetLabel() {
				name += " " + label.GetValue()
			}
			if metric.GetCounter() != nil {
				values[name] = metric.GetCounter().GetValue()
			}
		}
	}
	return values
}

// gauges are the values of one gauge by labels.
func gauges(registry *prometheus.Registry, name string) map[string]float64 {
	GinkgoHelper()
	families, err := registry.Gather()
	Expect(err).NotTo(HaveOccurred())
	values := map[string]float64{}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, metric := range family.GetMetric() {
			var labels []string
			for _, label := range metric.GetLabel() {
				labels = append(labels, label.GetValue())
			}
			values[strings.Join(labels, " ")] = metric.GetGauge().GetValue()
		}
	}
	return values
}

// postUser sends a user and gives the error, if there is no answer.
func postUser(target string, headers http.Header) (*http.Response, error) {
	request, err := http.NewRequest(http.MethodPost, target, strings.NewReader(`{"userName":"alice"}`))
	if err != nil {
		return nil, err
	}
	request.Header = headers
	return http.DefaultClient.Do(request)
}

// writeCertificate writes a self-signed certificate with a serial number.
func writeCertificate(dir string, serial int64) *x509.Certificate {
	GinkgoHelper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	Expect(err).NotTo(HaveOccurred())
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	Expect(err).NotTo(HaveOccurred())
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	Expect(err).NotTo(HaveOccurred())
	for name, block := range map[string]*pem.Block{
		"tls.key": {Type: "PRIVATE KEY", Bytes: raw},
		"tls.crt": {Type: "CERTIFICATE", Bytes: der},
	} {
		Expect(os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600)).To(Succeed())
	}
	certificate, err := x509.ParseCertificate(der)
	Expect(err).NotTo(HaveOccurred())
	return certificate
}
