package localenv

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// fieldOwner is who owns the fields of what Apply writes.
const fieldOwner = client.FieldOwner("localenv")

// Render is what `kubectl kustomize folder` prints, as objects.
func Render(folder string) ([]*unstructured.Unstructured, error) {
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", folder, err)
	}
	objects := make([]*unstructured.Unstructured, 0, resources.Size())
	for _, resource := range resources.Resources() {
		content, err := resource.MarshalJSON()
		if err != nil {
			return nil, fmt.Errorf("render %s: %w", folder, err)
		}
		object := &unstructured.Unstructured{}
		if err := object.UnmarshalJSON(content); err != nil {
			return nil, fmt.Errorf("render %s: %w", folder, err)
		}
		objects = append(objects, object)
	}
	return objects, nil
}

// creationDelay is how long kube-apiserver makes every creation wait, by as
// much, of a kind that it has just begun to serve.
const creationDelay = 2 * time.Second

// Apply writes objects by server-side apply in an order that works:
// definitions (and waits until they are served), namespaces, the rest.
// A namespace that objects need and do not bring is made.
func (p *ControlPlane) Apply(ctx context.Context, objects []*unstructured.Unstructured) error {
	definitions, others, err := splitDefinitions(objects)
	if err != nil {
		return err
	}
	options := envtest.CRDInstallOptions{CRDs: definitions, MaxTime: controlPlaneStartTimeout}
	if _, err := envtest.InstallCRDs(p.Config, options); err != nil {
		return fmt.Errorf("install the custom resource definitions: %w", err)
	}
	if len(definitions) > 0 {
		p.slowUntil = time.Now().Add(creationDelay)
	}
	for _, object := range namespacesFirst(others) {
		configuration := client.ApplyConfigurationFromUnstructured(object.DeepCopy()) // the answer is written into it
		if err := p.Client.Apply(ctx, configuration, fieldOwner, client.ForceOwnership); err != nil {
			return fmt.Errorf("apply %s %s: %w", object.GetKind(), client.ObjectKeyFromObject(object), err)
		}
	}
	return nil
}

func splitDefinitions(objects []*unstructured.Unstructured) (
	definitions []*apiextensionsv1.CustomResourceDefinition, others []*unstructured.Unstructured, err error,
) {
	for _, object := range objects {
		if object.GetKind() != "CustomResourceDefinition" {
			others = append(others, object)
			continue
		}
		definition := &apiextensionsv1.CustomResourceDefinition{}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, definition); err != nil {
			return nil, nil, fmt.Errorf("read the definition %s: %w", object.GetName(), err)
		}
		definitions = append(definitions, definition)
	}
	return definitions, others, nil
}

// namespacesFirst puts namespaces in front, those that are missing included.
func namespacesFirst(objects []*unstructured.Unstructured) []*unstructured.Unstructured {
	var namespaces, rest []*unstructured.Unstructured
	known := map[string]bool{metav1.NamespaceNone: true}
	for _, object := range objects {
		if object.GetKind() == "Namespace" {
			namespaces = append(namespaces, object)
			known[object.GetName()] = true
		} else {
			rest = append(rest, object)
		}
	}
	for _, object := range rest {
		if name := object.GetNamespace(); !known[name] {
			namespaces = append(namespaces, namespace(name))
			known[name] = true
		}
	}
	return append(namespaces, rest...)
}

func namespace(name string) *unstructured.Unstructured {
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Namespace"))
	object.SetName(name)
	return object
}
