package rest

import (
	"errors"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"

	"github.com/atlassync/atlassync/controllers/directory"
)

const (
	notProduct = "a login page or a proxy answered instead of the product's REST API; " +
		"check the URL, its context path and the way to it"
	lockedOut = "the account that atlassync uses is locked after too many wrong passwords; " +
		"put right credentials into the Secret, then sign in once in a browser and solve the CAPTCHA"
)

// exchange is one attempt at a request and what becomes of it.
type exchange struct {
	op        string
	write     bool
	url       string // without query
	secrets   []string
	requestID string
	// sent says that the request may have left.
	sent atomic.Bool
	// transient says that the failure is one that may be over in a moment.
	transient bool
}

func (c *Client) newExchange(request Request, target *url.URL) *exchange {
	return &exchange{
		op: request.Op, write: !request.reads(), url: target.String(),
		secrets: append([]string{request.Secret}, c.secrets...),
	}
}

// trace notes that the request may leave from now on. Failures before, such
// as a refused connection or an untrusted certificate, change nothing.
func (x *exchange) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { x.sent.Store(true) }}
}

// outcome is the kind of a failure that leaves open whether the request took
// effect.
func (x *exchange) outcome() directory.Kind {
	if x.write && x.sent.Load() {
		return directory.KindAmbiguous
	}
	return directory.KindUnavailable
}

func (x *exchange) failure(kind directory.Kind, status int, message string) *directory.Error {
	return &directory.Error{
		Kind: kind, Op: x.op, Status: status, URL: x.url,
		Message:   shorten(redact(message, x.secrets), maxMessageLength),
		RequestID: shorten(redact(x.requestID, x.secrets), maxRequestIDLength),
	}
}

// unanswered is the error of a request that got no answer.
func (x *exchange) unanswered(err error) *directory.Error {
	// url.Error repeats the URL with its query, which names people.
	if wrapper, ok := errors.AsType[*url.Error](err); ok {
		err = wrapper.Err
	}
	if neverLeft(err) {
		x.sent.Store(false)
	}
	failure := x.failure(x.outcome(), 0, explainNet(err))
	failure.Err = err
	switch {
	case isUntrusted(err):
		failure.Kind = directory.KindUntrusted
		failure.Message += "; check the host name in the URL, or give the certificate of its CA as CA bundle"
	case isTimeout(err):
		failure.Timeout = true
		failure.Message = "no answer in time"
	default:
		x.transient = true
	}
	return failure
}

// interrupted is the error of a success whose body does not end.
func (x *exchange) interrupted(response *http.Response, err error) *directory.Error {
	failure := x.unreadable(response, err)
	failure.Timeout = isTimeout(err)
	_, tooLarge := errors.AsType[tooLargeError](err)
	x.transient = !tooLarge
	return failure
}

// unreadable is the error of a success that makes no sense.
func (x *exchange) unreadable(response *http.Response, err error) *directory.Error {
	failure := x.failure(x.outcome(), response.StatusCode, "the answer cannot be read: "+explainNet(err))
	failure.Err = err
	return failure
}

// redirected is the error of a redirect: a REST API has no reason to make one.
func (x *exchange) redirected(response *http.Response) *directory.Error {
	target := "an unknown address"
	if location, err := response.Location(); err == nil {
		target = location.Scheme + "://" + location.Host
	}
	return x.failure(directory.KindUnavailable, response.StatusCode, "redirected to "+target+
		", which was not followed; this is a login page, or the URL is not the product's base URL")
}

// refused is the error of an answer with a status of 400 or more; message is
// what the product says in it.
func (x *exchange) refused(response *http.Response, message string) *directory.Error {
	status := response.StatusCode
	failure := x.failure(x.kindOf(response, message), status, message)
	if failure.Kind == directory.KindRateLimited {
		failure.RetryAfter = retryAfter(response.Header.Get("Retry-After"))
	}
	switch {
	case isLockedOut(response):
		failure.Message = lockedOut
	case message == "":
		failure.Message = explain(status)
	}
	x.transient = isGatewayFailure(status) && response.Header.Get("Retry-After") == ""
	return failure
}

// isLockedOut recognises an account that its product does not let sign in
// after too many wrong passwords, whatever password it sends:
// https://developer.atlassian.com/server/jira/platform/jira-rest-api-example-basic-authentication-6291732/
func isLockedOut(response *http.Response) bool {
	return response.Header.Get("X-Seraph-LoginReason") == "AUTHENTICATION_DENIED"
}

// isGatewayFailure recognises the statuses of a product that is starting,
// busy or out of reach behind its proxy.
func isGatewayFailure(status int) bool {
	switch status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

var kinds = map[int]directory.Kind{
	http.StatusBadRequest:          directory.KindInvalid,
	http.StatusUnauthorized:        directory.KindUnauthorized,
	http.StatusPaymentRequired:     directory.KindLicenceExceeded,
	http.StatusForbidden:           directory.KindForbidden,
	http.StatusNotFound:            directory.KindNotFound,
	http.StatusMethodNotAllowed:    directory.KindUnsupported,
	http.StatusConflict:            directory.KindAlreadyExists,
	http.StatusUnprocessableEntity: directory.KindInvalid,
	http.StatusTooManyRequests:     directory.KindRateLimited,
	// A proxy on the way wants credentials of its own.
	http.StatusProxyAuthRequired: directory.KindUnavailable,
}

func (x *exchange) kindOf(response *http.Response, message string) directory.Kind {
	status := response.StatusCode
	switch {
	case isLockedOut(response):
		return directory.KindUnauthorized
	case status == http.StatusNotFound && message == "":
		// Not the product's own words: a proxy, or a wrong URL. Taken for
		// "there is no such account" it would do harm.
		return directory.KindUnavailable
	case status == http.StatusServiceUnavailable && response.Header.Get("Retry-After") != "":
		return directory.KindRateLimited
	case status >= http.StatusInternalServerError:
		return x.outcome()
	}
	return kinds[status]
}

// explain says what a failure that the product did not explain means.
func explain(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "the credentials are not accepted; check the Secret, and whether they have expired"
	case http.StatusForbidden:
		return "the account that atlassync uses lacks the right"
	case http.StatusNotFound:
		return notProduct
	}
	return http.StatusText(status)
}
