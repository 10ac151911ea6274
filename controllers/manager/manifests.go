package manager

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// readSyncConfigs reads the SyncConfigs in a file, in the YAML and JSON files
// of a folder, or, with path "-", from stdin. Other kinds are left out; unknown
// and double fields of a SyncConfig are errors.
func readSyncConfigs(path string, stdin io.Reader) ([]*v1alpha1.SyncConfig, error) {
	files, err := manifestFiles(path)
	if err != nil {
		return nil, err
	}
	var configs []*v1alpha1.SyncConfig
	for _, file := range files {
		found, err := readManifest(file, stdin)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		configs = append(configs, found...)
	}
	seen := map[client.ObjectKey]bool{}
	for _, config := range configs {
		key := client.ObjectKeyFromObject(config)
		if seen[key] {
			return nil, fmt.Errorf("%s: SyncConfig %s is there twice", path, key)
		}
		seen[key] = true
	}
	if len(configs) == 0 {
		return nil, fmt.Errorf("%s: there is no SyncConfig of %s", path, v1alpha1.GroupVersion)
	}
	return configs, nil
}

// manifestFiles are the files behind a path, sorted. Folders below a folder
// are not looked into.
func manifestFiles(path string) ([]string, error) {
	if path == stdinPath {
		return []string{path}, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("find the SyncConfigs: %w", err)
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var files []string
	for _, pattern := range []string{"*.yaml", "*.yml", "*.json"} {
		found, err := filepath.Glob(filepath.Join(path, pattern))
		if err != nil {
			return nil, fmt.Errorf("find the SyncConfigs in %s: %w", path, err)
		}
		files = append(files, found...)
	}
	slices.Sort(files)
	return files, nil
}

// stdinPath stands for stdin.
const stdinPath = "-"

func readManifest(file string, stdin io.Reader) ([]*v1alpha1.SyncConfig, error) {
	if file != stdinPath {
		content, err := os.ReadFile(filepath.Clean(file))
		if err != nil {
			return nil, fmt.Errorf("read the file: %w", err)
		}
		stdin = bytes.NewReader(content)
	}
	scheme, err := newScheme()
	if err != nil {
		return nil, err
	}
	strict := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	documents := yaml.NewYAMLReader(bufio.NewReader(stdin))
	var configs []*v1alpha1.SyncConfig
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return configs, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the file: %w", err)
		}
		config, err := decodeSyncConfig(strict, document)
		if err != nil {
			return nil, err
		}
		if config != nil {
			configs = append(configs, config)
		}
	}
}

// decodeSyncConfig decodes one document; nil if it is of another kind.
func decodeSyncConfig(strict runtime.Decoder, document []byte) (*v1alpha1.SyncConfig, error) {
	var kind metav1.TypeMeta
	if len(bytes.TrimSpace(document)) == 0 {
		return nil, nil
	}
	if err := yaml.Unmarshal(document, &kind); err != nil {
		return nil, fmt.Errorf("read a document: %w", err)
	}
	if kind.GroupVersionKind() != v1alpha1.GroupVersion.WithKind("SyncConfig") {
		return nil, nil
	}
	object, _, err := strict.Decode(document, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("read a SyncConfig: %w", err)
	}
	config := object.(*v1alpha1.SyncConfig)
	if config.Name == "" || config.Namespace == "" {
		return nil, fmt.Errorf("SyncConfig %q has no metadata.namespace or no metadata.name: give both", config.Name)
	}
	return config, nil
}
