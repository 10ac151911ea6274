package runscope

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// Player sends the steps of a suite one after the other.
type Player struct {
	// Client sends the requests.
	Client *http.Client
	// Variables fill the {{name}} in requests and expected values. Steps add
	// what they take out of their answers.
	Variables map[string]string
}

// Outcome is what became of one expectation; Err is nil if it holds.
type Outcome struct {
	Expectation Expectation
	Err         error
}

// response is an answer as expectations see it.
type response struct {
	status int
	took   time.Duration
	json   any
}

// Play sends one request and checks every expectation of the answer. An error
// says that the request could not be sent or a variable has no value.
func (p *Player) Play(ctx context.Context, step Step) ([]Outcome, error) {
	got, err := p.send(ctx, step)
	if err != nil {
		return nil, err
	}
	outcomes := make([]Outcome, 0, len(step.Assertions))
	for _, expected := range step.Assertions {
		if expected.Value, err = p.fill(expected.Value); err != nil {
			return nil, err
		}
		outcomes = append(outcomes, Outcome{expected, got.check(expected)})
	}
	for _, variable := range step.Variables {
		value, found := lookup(got.json, variable.Property)
		if !found {
			return outcomes, fmt.Errorf("variable %s: the answer has no %s", variable.Name, variable.Property)
		}
		p.Variables[variable.Name] = text(value)
	}
	return outcomes, nil
}

func (p *Player) send(ctx context.Context, step Step) (response, error) {
	request, err := p.request(ctx, step)
	if err != nil {
		return response{}, err
	}
	start := time.Now()
	answer, err := p.Client.Do(request)
	if err != nil {
		return response{}, err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return response{}, fmt.Errorf("read the answer: %w", err)
	}
	got := response{status: answer.StatusCode, took: time.Since(start)}
	if len(body) > 0 {
		if err := json.Unmarshal(body, &got.json); err != nil {
			return response{}, fmt.Errorf("the answer is not JSON: %w: %s", err, body)
		}
	}
	return got, nil
}

func (p *Player) request(ctx context.Context, step Step) (*http.Request, error) {
	target, err := p.fill(step.URL)
	if err != nil {
		return nil, err
	}
	body, err := p.fill(step.Body)
	if err != nil {
		return nil, err
	}
	// Suites have raw spaces and quotes in URLs. Quotes can be sent as they
	// are; a space would end the address in HTTP.
	request, err := http.NewRequestWithContext(ctx, step.Method, strings.ReplaceAll(target, " ", "%20"), strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, values := range step.Headers {
		for _, value := range values {
			if value, err = p.fill(value); err != nil {
				return nil, err
			}
			request.Header.Add(name, value)
		}
	}
	return request, nil
}

var placeholder = regexp.MustCompile(`\{\{(\w+)\}\}`)

// fill replaces every {{name}} by the variable's value.
func (p *Player) fill(template string) (string, error) {
	var missing []string
	filled := placeholder.ReplaceAllStringFunc(template, func(match string) string {
		name := strings.Trim(match, "{}")
		value, known := p.Variables[name]
		if !known {
			missing = append(missing, name)
		}
		return value
	})
	if len(missing) > 0 {
		return "", fmt.Errorf("no value for the variables %s", strings.Join(missing, ", "))
	}
	return filled, nil
}
