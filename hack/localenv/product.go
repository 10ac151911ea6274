package localenv

import (
	"fmt"
	"maps"
	"net/http"
	"time"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// Product is a simulated product that listens on loopback.
type Product struct {
	// Name is what a SyncConfig calls the product.
	Name v1alpha1.Product
	// URL is its base URL, with its context path.
	URL string
	// User and Password are its administrator; of Crowd, the application.
	User, Password string
	// Token is Cloud's API key.
	Token string
	// DirectoryID is the id of Cloud's provisioning directory.
	DirectoryID string

	// besides is what the Secret with the credentials may hold besides.
	besides map[string]string
	server  *http.Server
}

// Secret is what the Secret with the credentials for this product holds.
func (p *Product) Secret() map[string]string {
	content := maps.Clone(p.besides)
	if content == nil {
		content = map[string]string{}
	}
	for key, value := range map[string]string{"username": p.User, "password": p.Password, "token": p.Token} {
		if value != "" {
			content[key] = value
		}
	}
	return content
}

// Stop ends it at once, with whatever request is under way.
func (p *Product) Stop() error {
	if err := p.server.Close(); err != nil {
		return fmt.Errorf("stop the %s simulator: %w", p.Name, err)
	}
	return nil
}

// Simulated is a product with the simulator behind it, to look into it and to
// steer it.
type Simulated[S http.Handler] struct {
	Product
	Simulator S
}

// start lets a simulator listen on a free port.
func start[S http.Handler](product Product, contextPath string, simulator S) (*Simulated[S], error) {
	listener, err := listen()
	if err != nil {
		return nil, fmt.Errorf("start the %s simulator: %w", product.Name, err)
	}
	product.URL = "http://" + listener.Addr().String() + contextPath
	product.server = &http.Server{Handler: simulator, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = product.server.Serve(listener) }() // ends by Stop
	return &Simulated[S]{Product: product, Simulator: simulator}, nil
}

// product is nil if s is.
func (s *Simulated[S]) product() *Product {
	if s == nil {
		return nil
	}
	return &s.Product
}
