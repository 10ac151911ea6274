package cloud

// metadata are the resources that describe the service (RFC 7643, sections 5
// to 7), as far as the vendor's document settles what is in them.
func metadata() map[string]any {
	userType := resourceType("User", "/Users", schemaUser)
	groupType := resourceType("Group", "/Groups", schemaGroup)
	userSchema := schema(schemaUser, "User", "userName", "emails", "displayName", "name", "active", "externalId",
		"nickName", "title", "preferredLanguage", "department", "organization", "timezone", "phoneNumbers", "groups")
	groupSchema := schema(schemaGroup, "Group", "displayName", "externalId", "members")
	const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	enterpriseSchema := schema(enterprise, "Enterprise User", "organization", "department")
	return map[string]any{
		"ServiceProviderConfig":  providerConfig(),
		"ResourceTypes":          listBean(2, 1, []bean{userType, groupType}),
		"ResourceTypes/User":     userType,
		"ResourceTypes/Group":    groupType,
		"Schemas":                listBean(3, 1, []bean{userSchema, groupSchema, enterpriseSchema}),
		"Schemas/" + schemaUser:  userSchema,
		"Schemas/" + schemaGroup: groupSchema,
		"Schemas/" + enterprise:  enterpriseSchema,
	}
}

func providerConfig() bean {
	return bean{
		"schemas":        []string{"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"},
		"patch":          bean{"supported": true},
		"bulk":           bean{"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
		"filter":         bean{"supported": true, "maxResults": defaultPage},
		"changePassword": bean{"supported": false},
		"sort":           bean{"supported": false},
		"etag":           bean{"supported": false},
		"authenticationSchemes": []bean{{
			"type": "oauthbearertoken", "name": "API key", "description": "The API key of the directory",
		}},
	}
}

func resourceType(name, endpoint, schema string) bean {
	return bean{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:ResourceType"},
		"id":      name, "name": name, "endpoint": endpoint, "schema": schema,
	}
}

// schema lists the attributes by name; their characteristics are not simulated.
func schema(id, name string, attributes ...string) bean {
	listed := make([]bean, 0, len(attributes))
	for _, attribute := range attributes {
		listed = append(listed, bean{"name": attribute})
	}
	return bean{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Schema"},
		"id":      id, "name": name, "attributes": listed,
	}
}
