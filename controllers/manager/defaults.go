package manager

import (
	"encoding/json"
	"fmt"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/config/crd"
)

// withDefaults is config with what the API server fills in, as the
// CustomResourceDefinition of this version says.
func withDefaults(config *v1alpha1.SyncConfig) (*v1alpha1.SyncConfig, error) {
	var definition apiextensionsv1.CustomResourceDefinition
	if err := yaml.Unmarshal(crd.SyncConfigs, &definition); err != nil {
		return nil, fmt.Errorf("read the CustomResourceDefinition: %w", err)
	}
	plain, err := runtime.DefaultUnstructuredConverter.ToUnstructured(config)
	if err != nil {
		return nil, fmt.Errorf("fill in the defaults: %w", err)
	}
	if err := fillIn(plain, definition.Spec.Versions[0].Schema.OpenAPIV3Schema); err != nil {
		return nil, fmt.Errorf("fill in the defaults: %w", err)
	}
	filled := &v1alpha1.SyncConfig{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(plain, filled); err != nil {
		return nil, fmt.Errorf("fill in the defaults: %w", err)
	}
	return filled, nil
}

// fillIn sets the defaults of a schema in a value, from the outside to the
// inside, as Kubernetes does: the inside of a default has defaults too.
func fillIn(value any, schema *apiextensionsv1.JSONSchemaProps) error {
	switch value := value.(type) {
	case map[string]any:
		for name, property := range schema.Properties {
			if _, set := value[name]; !set && property.Default != nil {
				var preset any
				if err := json.Unmarshal(property.Default.Raw, &preset); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
				value[name] = preset
			}
			if err := fillIn(value[name], &property); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	case []any:
		if schema.Items == nil {
			return nil
		}
		for i := range value {
			if err := fillIn(value[i], schema.Items.Schema); err != nil {
				return fmt.Errorf("item %d: %w", i, err)
			}
		}
	}
	return nil
}
