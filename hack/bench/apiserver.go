package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"k8s.io/client-go/discovery"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// apiWrites are the writes that the API server has answered, by resource and
// subresource such as provisionedusers/status. Those that it refused because
// somebody else was faster, which are made again, are counted apart, under
// resources such as "provisionedgroups, refused". Leases are not among them:
// they are renewed whatever happens.
type apiWrites map[string]float64

const refused = ", refused"

// writeVerbs are the verbs of the API server's own count that change something.
var writeVerbs = map[string]bool{"POST": true, "PUT": true, "PATCH": true, "APPLY": true, "DELETE": true, "DELETECOLLECTION": true}

// apiWrites asks the API server what it has counted.
func (w *world) apiWrites(ctx context.Context) (apiWrites, error) {
	plane, err := discovery.NewDiscoveryClientForConfig(w.env.ControlPlane.Config)
	if err != nil {
		return nil, err
	}
	body, err := plane.RESTClient().Get().AbsPath("/metrics").DoRaw(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the metrics of the API server: %w", err)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("read the metrics of the API server: %w", err)
	}
	writes := apiWrites{}
	for _, metric := range families["apiserver_request_total"].GetMetric() {
		labels := map[string]string{}
		for _, pair := range metric.GetLabel() {
			labels[pair.GetName()] = pair.GetValue()
		}
		if !writeVerbs[labels["verb"]] || labels["group"] != v1alpha1.GroupVersion.Group && labels["resource"] != "events" {
			continue
		}
		resource := labels["resource"]
		if labels["subresource"] != "" {
			resource += "/" + labels["subresource"]
		}
		if labels["code"] == strconv.Itoa(http.StatusConflict) {
			resource += refused
		}
		writes[resource] += metric.GetCounter().GetValue()
	}
	return writes, nil
}

// since are the writes that came after an earlier count.
func (a apiWrites) since(before apiWrites) apiWrites {
	later := apiWrites{}
	for resource, n := range a {
		if n > before[resource] {
			later[resource] = n - before[resource]
		}
	}
	return later
}

// total is the number of all writes.
func (a apiWrites) total() (sum float64) {
	for _, n := range a {
		sum += n
	}
	return sum
}

// String tells the writes by resource.
func (a apiWrites) String() string {
	var parts []string
	for _, resource := range slices.Sorted(maps.Keys(a)) {
		parts = append(parts, fmt.Sprintf("%s %.0f", resource, a[resource]))
	}
	return strings.Join(parts, ", ")
}
