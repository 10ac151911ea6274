// Package crd holds the custom resource definitions, for what must know a
// kind's schema without asking the API server.
package crd

import _ "embed"

// SyncConfigs is the CustomResourceDefinition of SyncConfig as YAML.
//
//go:embed bases/atlassync.dev_syncconfigs.yaml
var SyncConfigs []byte
