package compact

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// record is an object as it is kept. Of its metadata it shows what informers
// and stores ask for; the rest takes the whole object.
type record struct {
	// Object is the object as it came, if there is no codec for its kind.
	metav1.Object

	// head is namespace/name/resourceVersion.
	head string
	// values are the hashes of what the object has in the indexes.
	values []uint64
	// data is what the codec made of the object.
	data []byte
}

func headOf(object metav1.Object) string {
	return object.GetNamespace() + "/" + object.GetName() + "/" + object.GetResourceVersion()
}

// GetNamespace implements metav1.Object.
func (r *record) GetNamespace() string {
	namespace, _, _ := strings.Cut(r.head, "/")
	return namespace
}

// GetName implements metav1.Object.
func (r *record) GetName() string {
	_, rest, _ := strings.Cut(r.head, "/")
	name, _, _ := strings.Cut(rest, "/")
	return name
}

// GetResourceVersion implements metav1.Object.
func (r *record) GetResourceVersion() string {
	return r.head[strings.LastIndexByte(r.head, '/')+1:]
}

// GetObjectKind implements runtime.Object, so that lists can hold records.
func (*record) GetObjectKind() schema.ObjectKind { return schema.EmptyObjectKind }

// DeepCopyObject implements runtime.Object. Records never change.
func (r *record) DeepCopyObject() runtime.Object { return r }
