package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// asTable asks for what kubectl prints, columns and ages included, made by the
// API server itself.
const asTable = "application/json;as=Table;v=v1;g=meta.k8s.io"

// cluster reads the custom resources over plain HTTP, as kubectl does.
type cluster struct {
	client rest.Interface
}

func newCluster(kubeconfig string) (cluster, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return cluster{}, err
	}
	config.GroupVersion = &v1alpha1.GroupVersion
	config.APIPath = "/apis"
	config.NegotiatedSerializer = scheme.Codecs.WithoutConversion()
	client, err := rest.RESTClientFor(config)
	return cluster{client}, err
}

// get reads all objects of a resource, in the form that accept asks for.
func (c cluster) get(ctx context.Context, resource, accept string, out any) error {
	raw, err := c.client.Get().Resource(resource).SetHeader("Accept", accept).DoRaw(ctx)
	if err == nil {
		err = json.Unmarshal(raw, out)
	}
	if err != nil {
		return fmt.Errorf("get %s: %w", resource, err)
	}
	return nil
}

// show prints the custom resources as `kubectl get -A` does.
func (c cluster) show(ctx context.Context) error {
	for _, resource := range []string{"syncconfigs", "provisionedusers", "provisionedgroups"} {
		var table metav1.Table
		if err := c.get(ctx, resource, asTable, &table); err != nil {
			return err
		}
		rows, err := rowsOf(table)
		if err != nil {
			return fmt.Errorf("get %s: %w", resource, err)
		}
		printTable(rows)
	}
	return nil
}

// counts are what the status of a SyncConfig sums up.
type counts struct {
	usersReady, usersFailed, groupsReady int32
}

func (c counts) String() string {
	return fmt.Sprintf("%d users and %d groups as ready, and %d users as in need of attention", c.usersReady, c.groupsReady, c.usersFailed)
}

// uncounted lists the SyncConfigs whose status does not say so yet: it is
// summed up with a delay.
func (c cluster) uncounted(ctx context.Context, want counts) ([]string, error) {
	var configs v1alpha1.SyncConfigList
	if err := c.get(ctx, "syncconfigs", "application/json", &configs); err != nil {
		return nil, err
	}
	var behind []string
	for _, config := range configs.Items {
		status := config.Status
		if is := (counts{status.Users.Ready, status.Users.Failed, status.Groups.Ready}); is != want {
			behind = append(behind, fmt.Sprintf("SyncConfig %s counts %s, not %s", config.Name, is, want))
		}
	}
	return behind, nil
}

// rowsOf puts the namespace in front and leaves out the columns for -o wide.
func rowsOf(table metav1.Table) ([][]string, error) {
	heading := []string{"NAMESPACE"}
	for _, column := range table.ColumnDefinitions {
		if column.Priority == 0 {
			heading = append(heading, strings.ToUpper(column.Name))
		}
	}
	rows := [][]string{heading}
	for _, row := range table.Rows {
		var object metav1.PartialObjectMetadata
		if err := json.Unmarshal(row.Object.Raw, &object); err != nil {
			return nil, err
		}
		cells := []string{object.Namespace}
		for i, column := range table.ColumnDefinitions {
			if column.Priority == 0 {
				cells = append(cells, cell(row.Cells[i]))
			}
		}
		rows = append(rows, cells)
	}
	return rows, nil
}

// widest is how much of a cell fits on a line, in characters.
const widest = 88

func cell(value any) string {
	if value == nil {
		return ""
	}
	text := []rune(fmt.Sprint(value))
	if len(text) > widest {
		text = append(text[:widest-1], '…')
	}
	return string(text)
}

// printTable aligns rows, the first of which is the heading.
func printTable(rows [][]string) {
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', 0)
	for _, row := range rows {
		_, _ = fmt.Fprintln(out, "  "+strings.Join(row, "\t"))
	}
	_ = out.Flush()
	fmt.Println()
}
