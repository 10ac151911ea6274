// Package rest is the only place that makes HTTP requests to a directory. It
// knows HTTP, its failures and what they mean for a caller; what the bodies
// mean is the product's own package's knowledge.
package rest

import (
	"cmp"
	"context"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"time"

	"github.com/atlassync/atlassync/controllers/directory"
)

// What a Config that leaves them out gets.
const (
	defaultRequestsPerSecond = 20
	defaultMaxConcurrent     = 8
	defaultTimeout           = 30 * time.Second
	defaultUserAgent         = "atlassync"
)

// Client sends requests to one Atlassian instance within its budget. It
// follows no redirect and repeats nothing: when to try again is the caller's
// decision. It is safe for concurrent use.
type Client struct {
	base      *url.URL
	http      *http.Client
	authorize func(*http.Request)
	userAgent string
	timeout   time.Duration
	budget    *budget
	message   MessageFunc
}

// MessageFunc finds what the product says in the body of a failure. It
// returns "" if the product did not write the body.
type MessageFunc func(body []byte) string

// New makes a client. It makes no request; an error is of KindInvalid and
// says what is wrong with the Config.
func New(config directory.Config, message MessageFunc) (*Client, error) {
	base, err := baseURL(config)
	if err != nil {
		return nil, err
	}
	authorize, err := authorization(config)
	if err != nil {
		return nil, err
	}
	maxConcurrent := cmp.Or(config.MaxConcurrentRequests, defaultMaxConcurrent)
	transport, err := newTransport(config.CABundle, maxConcurrent)
	if err != nil {
		return nil, err
	}
	return &Client{
		base:      base,
		http:      &http.Client{Transport: transport, CheckRedirect: followNone},
		authorize: authorize,
		userAgent: cmp.Or(config.UserAgent, defaultUserAgent),
		timeout:   cmp.Or(config.RequestTimeout, defaultTimeout),
		budget:    newBudget(cmp.Or(config.RequestsPerSecond, defaultRequestsPerSecond), maxConcurrent),
		message:   message,
	}, nil
}

// Do sends a request and decodes the JSON answer into answer, unless nil; a
// *[]byte gets the body as it is. An error is a *directory.Error. For a write it is of KindAmbiguous if the
// request may have reached the product and its outcome is not known.
func (c *Client) Do(ctx context.Context, request Request, answer any) error {
	target := c.base.JoinPath(request.Path)
	x := &exchange{op: request.Op, write: !request.reads(), url: target.String()}
	target.RawQuery = request.Query.Encode()

	release, failure := c.budget.acquire(ctx)
	if failure != nil {
		failure.Op, failure.URL = x.op, x.url
		return failure
	}
	defer release()

	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	httpRequest, err := c.newRequest(httptrace.WithClientTrace(ctx, x.trace()), request, target)
	if err != nil {
		return x.failure(directory.KindInvalid, 0, err.Error())
	}
	response, err := c.http.Do(httpRequest)
	if err != nil {
		return x.unanswered(err)
	}
	defer func() { _ = response.Body.Close() }() // it is read to its end
	return c.judge(x, response, answer)
}

// judge reads an answer to its end, so that the connection can be used again,
// and decides what it means.
func (c *Client) judge(x *exchange, response *http.Response, answer any) error {
	body, readErr := readAll(response.Body)
	switch {
	case response.StatusCode >= 400:
		err := x.refused(response, c.message(body))
		if err.Kind == directory.KindRateLimited {
			c.budget.pause(err.RetryAfter)
		}
		return err
	case response.StatusCode >= 300:
		return x.redirected(response)
	case readErr != nil:
		return x.unreadable(response, readErr)
	case isHTML(response, body):
		return x.failure(x.outcome(), response.StatusCode, notProduct)
	}
	if err := decode(body, answer); err != nil {
		return x.unreadable(response, err)
	}
	return nil
}
