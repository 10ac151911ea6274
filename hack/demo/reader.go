package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/localenv"
)

// reader reads what a product holds by its own REST API, so that what the demo
// shows does not depend on the code that it shows.
type reader interface {
	// accounts are all accounts, inactive ones too.
	accounts(ctx context.Context) ([]account, error)
	// members are the names of the accounts in a group; none if there is no
	// such group.
	members(ctx context.Context, group string) ([]string, error)
}

// account is what the products tell of an account.
type account struct {
	username, displayName string
	active                bool
}

// readers make the readers of all products.
var readers = map[v1alpha1.Product]func(restAPI) reader{
	v1alpha1.ProductJira:       func(r restAPI) reader { return jiraReader{r} },
	v1alpha1.ProductConfluence: func(r restAPI) reader { return confluenceReader{r} },
	v1alpha1.ProductBitbucket:  func(r restAPI) reader { return bitbucketReader{r} },
	v1alpha1.ProductCrowd:      func(r restAPI) reader { return crowdReader{r} },
	v1alpha1.ProductCloud:      func(r restAPI) reader { return cloudReader{r} },
}

// restAPI asks a product's REST API.
type restAPI struct {
	*localenv.Product
}

// errAbsent says that the product answered 404.
var errAbsent = errors.New("not found")

// get reads an answer in JSON.
func (r restAPI) get(ctx context.Context, path string, query url.Values, out any) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL+path+"?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/json")
	if r.Token != "" {
		request.Header.Set("Authorization", "Bearer "+r.Token)
	} else {
		request.SetBasicAuth(r.User, r.Password)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return errAbsent
	default:
		return fmt.Errorf("ask %s for %s: %s", r.Name, path, response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(out); err != nil {
		return fmt.Errorf("ask %s for %s: %w", r.Name, path, err)
	}
	return nil
}

// unlessAbsent takes what is not there for empty.
func unlessAbsent(err error) error {
	if errors.Is(err, errAbsent) {
		return nil
	}
	return err
}
