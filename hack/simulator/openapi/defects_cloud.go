package openapi

import (
	"fmt"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"
)

// schemaDefect is a place where a vendor's document contradicts itself in a
// schema that several operations share.
type schemaDefect struct {
	schema, reason string
	// mend reports false if the schema does not have the defect.
	mend func(*openapi3.Schema) bool
}

const (
	cloudBase = "/scim/directory/{directoryId}/"
	cloudUser = cloudBase + "Users/{userId}"
	scimUser  = "urn:ietf:params:scim:schemas:core:2.0:User"
	scimGroup = "urn:ietf:params:scim:schemas:core:2.0:Group"
	scimExtra = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

	noConflict = "no 409, which the vendor's knowledge base shows for a taken e-mail address"
	isString   = "the schema is a string; RFC 7643 has an object"
)

// cloudDefects are the known defects of operations of Cloud's document.
var cloudDefects = []defect{
	{"PATCH", cloudUser, noConflict, withStatus(http.StatusConflict)},
	{"PUT", cloudUser, noConflict, withStatus(http.StatusConflict)},
	{"GET", cloudBase + "ServiceProviderConfig", isString, answersObject},
	{"GET", cloudBase + "ResourceTypes", isString, answersObject},
	{"GET", cloudBase + "ResourceTypes/User", isString, answersObject},
	{"GET", cloudBase + "ResourceTypes/Group", isString, answersObject},
	{"GET", cloudBase + "Schemas", isString, answersObject},
	{"GET", cloudBase + "Schemas/" + scimUser, isString, answersObject},
	{"GET", cloudBase + "Schemas/" + scimGroup, isString, answersObject},
	{"GET", cloudBase + "Schemas/" + scimExtra, isString, answersObject},
}

// cloudSchemaDefects are the known defects of schemas of Cloud's document.
var cloudSchemaDefects = []schemaDefect{
	{"RequestPayloadToPatch", `spells "operations"; the example and RFC 7644 have "Operations"`, renamed("operations", "Operations")},
	{"OperationForAScimPatch", "value is a node of the vendor's JSON library; the example has a list", untyped("value")},
	{"ScimMetadata", "resourceType is USER, GROUP or DIRECTORY; the example has Group", anyOf("resourceType")},
	{"ScimUser", "schemas is read-only; its description asks for it in requests", writable("schemas")},
	{"ScimGroup", "schemas is read-only; its description asks for it in requests", writable("schemas")},
	{"ScimGroup", "members is read-only; PUT refuses members that do not exist", writable("members")},
	{"ScimUser", "externalId is read-only; the provisioning client defines it", writable("externalId")},
	{"ScimGroup", "externalId is read-only; the provisioning client defines it", writable("externalId")},
	{"ScimGroupMember", "value is read-only; members are given by it", writable("value")},
}

func mendSchemas(doc *openapi3.T, defects []schemaDefect) error {
	for _, d := range defects {
		schema := doc.Components.Schemas[d.schema]
		if schema == nil || !d.mend(schema.Value) {
			return fmt.Errorf("schema %s is in the table of defects (%s) but does not have it", d.schema, d.reason)
		}
	}
	return nil
}

func renamed(from, to string) func(*openapi3.Schema) bool {
	return func(schema *openapi3.Schema) bool {
		property := schema.Properties[from]
		if property == nil || schema.Properties[to] != nil {
			return false
		}
		delete(schema.Properties, from)
		schema.Properties[to] = property
		schema.Required = append(schema.Required, to)
		return true
	}
}

func untyped(name string) func(*openapi3.Schema) bool {
	return func(schema *openapi3.Schema) bool {
		property := schema.Properties[name]
		if property == nil || property.Value.Type == nil {
			return false
		}
		schema.Properties[name] = openapi3.NewSchemaRef("", openapi3.NewSchema())
		return true
	}
}

func anyOf(name string) func(*openapi3.Schema) bool {
	return func(schema *openapi3.Schema) bool {
		property := schema.Properties[name]
		if property == nil || len(property.Value.Enum) == 0 {
			return false
		}
		property.Value.Enum = nil
		return true
	}
}

func writable(name string) func(*openapi3.Schema) bool {
	return func(schema *openapi3.Schema) bool {
		property := schema.Properties[name]
		if property == nil || !property.Value.ReadOnly {
			return false
		}
		property.Value.ReadOnly = false
		return true
	}
}

// answersObject lets a 200 be any object.
func answersObject(_ *openapi3.T, op *openapi3.Operation) {
	for _, media := range op.Responses.Status(http.StatusOK).Value.Content {
		media.Schema = openapi3.NewSchemaRef("", openapi3.NewObjectSchema())
	}
}
