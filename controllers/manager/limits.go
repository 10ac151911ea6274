package manager

import (
	"flag"
	"fmt"
	"time"
)

// limit is a flag for one of the SCIM server's limits.
type limit interface {
	bind(flags *flag.FlagSet)
	validate() error
}

// number is a limit in whole numbers.
type number struct {
	name    string
	value   *int
	minimum int
	usage   string
}

func (n number) bind(flags *flag.FlagSet) { flags.IntVar(n.value, n.name, *n.value, n.usage) }

func (n number) validate() error {
	if *n.value < n.minimum {
		return fmt.Errorf("--%s must be at least %d", n.name, n.minimum)
	}
	return nil
}

// perSecond is a limit of events per second.
type perSecond struct {
	name  string
	value *float64
	usage string
}

func (p perSecond) bind(flags *flag.FlagSet) { flags.Float64Var(p.value, p.name, *p.value, p.usage) }

func (p perSecond) validate() error {
	if !(*p.value > 0) { // NaN is not a rate either
		return fmt.Errorf("--%s must be more than 0", p.name)
	}
	return nil
}

// duration is a limit of time.
type duration struct {
	name  string
	value *time.Duration
	usage string
}

func (d duration) bind(flags *flag.FlagSet) { flags.DurationVar(d.value, d.name, *d.value, d.usage) }

func (d duration) validate() error {
	if *d.value < time.Second {
		return fmt.Errorf("--%s must be at least 1s", d.name)
	}
	return nil
}

// limits are the flags for the SCIM server's limits. Their least values let
// the requests of an ordinary client through.
func (o *Options) limits() []limit {
	l := &o.SCIMLimits
	return []limit{
		number{"scim-max-header-bytes", &l.HeaderBytes, 1024, "Largest request line and headers of a SCIM request."},
		number{"scim-max-body-bytes", &l.BodyBytes, 1024, "Largest body of a SCIM request, before and after inflation. A member of a group takes about 90 bytes."},
		number{"scim-max-json-depth", &l.JSONDepth, 8, "How deep the JSON of a SCIM request may nest."},
		number{"scim-max-string-bytes", &l.StringBytes, 1024, "Longest string in a SCIM request."},
		number{"scim-max-operations", &l.Operations, 1, "Most operations of a SCIM PATCH."},
		number{"scim-max-members", &l.Members, 1, "Most members of groups that one SCIM request may name."},
		number{"scim-max-filter-bytes", &l.FilterBytes, 256, "Longest filter, or path of a PATCH."},
		number{"scim-max-filter-terms", &l.FilterTerms, 1, "Most comparisons in a filter."},
		number{"scim-max-filter-depth", &l.FilterDepth, 1, "How deep parentheses may nest in a filter."},
		duration{"scim-request-timeout", &l.RequestTime, "Longest time to answer a SCIM request. Okta waits 60 seconds."},
		perSecond{"scim-token-rate", &l.TokenRate.PerSecond, "Requests per second that one SCIM token may make on this replica in the long run; beyond it the answer is 429."},
		number{"scim-token-burst", &l.TokenRate.Burst, 1, "Requests that one SCIM token may make at once."},
		perSecond{"scim-auth-failure-rate", &l.FailureRate.PerSecond, "SCIM requests per second without a valid token that one address may make in the long run; beyond it the answer is 429."},
		number{"scim-auth-failure-burst", &l.FailureRate.Burst, 1, "SCIM requests without a valid token that one address may make at once."},
	}
}
