// Package rest is the only place that makes HTTP requests to a directory. It
// knows HTTP, its failures and what they mean for a caller; what the bodies
// mean is the product's own package's knowledge.
package rest

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
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
// follows no redirect, and repeats only what is safe to repeat, shortly after;
// when to try again later is the caller's decision. It is safe for concurrent
// use.
type Client struct {
	base    *url.URL
	http    *http.Client
	header  http.Header
	secrets []string
	timeout time.Duration
	budget  *budget
	message MessageFunc
	jitter  func(most time.Duration) time.Duration
}

// MessageFunc finds what the product says in the body of a failure. It
// returns "" if the product did not write the body, which it must not keep.
type MessageFunc func(body []byte) string

// Option is what a product needs besides.
type Option func(*Client)

// Header sends a header with every request.
func Header(name, value string) Option {
	return func(c *Client) { c.header.Set(name, value) }
}

// New makes a client. It makes no request; an error is of KindInvalid and
// says what is wrong with the Config.
func New(config directory.Config, message MessageFunc, options ...Option) (*Client, error) {
	base, err := baseURL(config)
	if err != nil {
		return nil, err
	}
	authorization, secrets, err := credentials(config)
	if err != nil {
		return nil, err
	}
	maxConcurrent := cmp.Or(config.MaxConcurrentRequests, defaultMaxConcurrent)
	transport, err := newTransport(config.CABundle, maxConcurrent)
	if err != nil {
		return nil, err
	}
	client := &Client{
		base: base,
		http: &http.Client{Transport: transport, CheckRedirect: followNone},
		header: http.Header{
			"Authorization": {authorization},
			"User-Agent":    {cmp.Or(config.UserAgent, defaultUserAgent)},
			// Atlassian products refuse some requests of non-browsers without it.
			"X-Atlassian-Token": {"no-check"},
		},
		secrets: secrets,
		timeout: cmp.Or(config.RequestTimeout, defaultTimeout),
		budget:  newBudget(cmp.Or(config.RequestsPerSecond, defaultRequestsPerSecond), maxConcurrent),
		message: message,
		jitter:  fullJitter,
	}
	for _, option := range options {
		option(client)
	}
	return client, nil
}

// Do sends a request and decodes the JSON answer into answer, unless nil; a
// *[]byte gets the body as it is. An error is a *directory.Error. For a write
// it is of KindAmbiguous if the request may have reached the product and its
// outcome is not known.
//
// A request keeps its place in the budget while it waits to be repeated: a
// directory in trouble gets fewer requests at once. All attempts together end
// within the time-out of one request.
func (c *Client) Do(ctx context.Context, request Request, answer any) error {
	target := c.base.JoinPath(request.Path)
	asked := time.Now()
	release, failure := c.budget.acquire(ctx)
	directory.Waited(ctx, time.Since(asked))
	if failure != nil {
		failure.Op, failure.URL = request.Op, target.String()
		return failure
	}
	defer release()

	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	for attempt := 1; ; attempt++ {
		x := c.newExchange(request, target)
		failure := c.try(ctx, x, request, answer)
		if failure == nil {
			return nil
		}
		if !x.repeatable(attempt) || !c.waitToRepeat(ctx, attempt) {
			return failure
		}
	}
}

// try makes one attempt.
func (c *Client) try(ctx context.Context, x *exchange, request Request, answer any) *directory.Error {
	httpRequest, err := c.newRequest(ctx, x, request)
	if err != nil {
		return x.failure(directory.KindInvalid, 0, err.Error())
	}
	response, err := c.http.Do(httpRequest)
	if err != nil {
		return x.unanswered(err)
	}
	defer func() { _ = response.Body.Close() }() // it is read to its end
	failure := c.judge(x, request, response, answer)
	if failure != nil && failure.Kind == directory.KindRateLimited {
		directory.Waited(ctx, c.budget.pause(failure.RetryAfter))
	}
	return failure
}

// judge reads an answer to its end, so that the connection can be used again,
// and decides what it means.
func (c *Client) judge(x *exchange, request Request, response *http.Response, answer any) *directory.Error {
	x.requestID = requestID(response.Header)
	buffer := buffers.Get().(*bytes.Buffer)
	defer giveBack(buffer, answer)
	body, readErr := readAll(buffer, response.Body, cmp.Or(request.MaxBytes, defaultMaxBytes))
	switch {
	case response.StatusCode >= 400:
		return x.refused(response, c.message(body))
	case response.StatusCode >= 300:
		return x.redirected(response)
	case readErr != nil:
		return x.interrupted(response, readErr)
	case isHTML(response, body):
		return x.failure(x.outcome(), response.StatusCode, notProduct)
	}
	if err := decode(body, answer); err != nil {
		return x.unreadable(response, err)
	}
	return nil
}
