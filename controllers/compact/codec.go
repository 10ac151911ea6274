package compact

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"reflect"
	"sync"

	"github.com/klauspost/compress/s2"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/cbor/direct"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// codec makes bytes of the objects of a kind: CBOR, as Kubernetes itself
// writes it, compressed with what every object of the kind has in common as
// the dictionary.
type codec struct {
	kind reflect.Type
	// extensions is what CBOR would not keep byte for byte.
	extensions func(client.Object) **runtime.RawExtension
	dictionary *s2.Dict
}

// codecOf gives the codec for objects like the example; nil if they are not
// many, or are read far more often than they are kept.
func codecOf(example runtime.Object) *codec {
	switch example.(type) {
	case *v1alpha1.ProvisionedUser:
		return newCodec(sampleUser(), func(o client.Object) **runtime.RawExtension {
			return &o.(*v1alpha1.ProvisionedUser).Spec.Extensions
		})
	case *v1alpha1.ProvisionedGroup:
		return newCodec(sampleGroup(), func(o client.Object) **runtime.RawExtension {
			return &o.(*v1alpha1.ProvisionedGroup).Spec.Extensions
		})
	}
	return nil
}

func newCodec(sample client.Object, extensions func(client.Object) **runtime.RawExtension) *codec {
	c := &codec{kind: reflect.TypeOf(sample).Elem(), extensions: extensions}
	common, err := c.plain(sample)
	if err != nil {
		panic(fmt.Sprintf("the sample of %s cannot be encoded: %v", c.kind, err))
	}
	c.dictionary = s2.MakeDict(common, nil)
	return c
}

// encode makes bytes of an object that nobody else has.
func (c *codec) encode(object client.Object) ([]byte, error) {
	plain, err := c.plain(object)
	if err != nil {
		return nil, err
	}
	packed := c.dictionary.Encode(nil, plain)
	return append(make([]byte, 0, len(packed)), packed...), nil // what s2 reserved is more than it needed
}

// plain is the extensions, their length before them, and the rest as CBOR.
func (c *codec) plain(object client.Object) ([]byte, error) {
	field := c.extensions(object)
	extensions := *field
	*field = nil
	rest, err := direct.Marshal(object)
	*field = extensions
	if err != nil {
		return nil, fmt.Errorf("encode %T %s for the cache: %w", object, client.ObjectKeyFromObject(object), err)
	}
	var raw []byte
	if extensions != nil {
		raw = extensions.Raw
	}
	plain := binary.AppendUvarint(make([]byte, 0, binary.MaxVarintLen64+len(raw)+len(rest)), uint64(len(raw)))
	return append(append(plain, raw...), rest...), nil
}

// buffers are for what is unpacked, of which no object keeps anything.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// decode makes an object of the bytes that encode made.
func (c *codec) decode(data []byte) (client.Object, error) {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	plain, err := c.dictionary.Decode((*buffer)[:cap(*buffer)], data)
	if err != nil {
		return nil, fmt.Errorf("unpack a %s of the cache: %w", c.kind, err)
	}
	*buffer = plain
	length, read := binary.Uvarint(plain)
	plain = plain[read:]
	object := reflect.New(c.kind).Interface().(client.Object)
	if err := direct.Unmarshal(plain[length:], object); err != nil {
		return nil, fmt.Errorf("decode a %s of the cache: %w", c.kind, err)
	}
	if length > 0 {
		*c.extensions(object) = &runtime.RawExtension{Raw: bytes.Clone(plain[:length])}
	}
	return object, nil
}
