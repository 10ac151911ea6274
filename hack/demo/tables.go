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

// showResources prints the custom resources as `kubectl get -A` does.
func showResources(ctx context.Context, kubeconfig string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	config.GroupVersion = &v1alpha1.GroupVersion
	config.APIPath = "/apis"
	config.NegotiatedSerializer = scheme.Codecs.WithoutConversion()
	client, err := rest.RESTClientFor(config)
	if err != nil {
		return err
	}
	for _, resource := range []string{"syncconfigs", "provisionedusers", "provisionedgroups"} {
		raw, err := client.Get().Resource(resource).SetHeader("Accept", asTable).DoRaw(ctx)
		if err != nil {
			return fmt.Errorf("get %s: %w", resource, err)
		}
		var table metav1.Table
		if err := json.Unmarshal(raw, &table); err != nil {
			return fmt.Errorf("get %s: %w", resource, err)
		}
		rows, err := rowsOf(table)
		if err != nil {
			return fmt.Errorf("get %s: %w", resource, err)
		}
		printTable(rows)
	}
	return nil
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

func cell(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
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
