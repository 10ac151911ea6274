package schema

// User is the User resource: core schema (RFC 7643 section 4.1) and
// enterprise extension (section 4.3).
var User = &Resource{
	Name:        "User",
	Endpoint:    "/Users",
	Description: "A person who signs in to the directories.",
	Core: &Schema{
		Schemas:     []string{URNSchema},
		ID:          URNUser,
		Name:        "User",
		Description: "User account",
		Attributes:  append(userSingular(), userPlural()...),
	},
	Extensions: []*Schema{{
		Schemas:     []string{URNSchema},
		ID:          URNEnterpriseUser,
		Name:        "EnterpriseUser",
		Description: "Enterprise user",
		Attributes:  enterpriseUser(),
	}},
}

func userSingular() Attributes {
	return Attributes{
		text("userName", "The name that the user signs in with at the source; unique in any letter case.").required().unique(),
		complexOf("name", "The user's name in parts.",
			text("formatted", "The whole name, ready to show."),
			text("familyName", "The last name."),
			text("givenName", "The first name."),
			text("middleName", "The middle name."),
			text("honorificPrefix", "A title such as Dr."),
			text("honorificSuffix", "A suffix such as III.")),
		text("displayName", "The name to show."),
		text("nickName", "The casual name."),
		reference("profileUrl", "The address of an online profile.", "external"),
		text("title", "The job title."),
		text("userType", "The relation to the organisation, such as Employee."),
		text("preferredLanguage", "A language range as in Accept-Language."),
		text("locale", "A language tag such as en-US."),
		text("timezone", "An IANA time zone such as Europe/Berlin."),
		attribute("active", TypeBoolean, "Whether the user may sign in; true unless said otherwise."),
		text("password", "Accepted and forgotten: never stored, logged or returned.").
			exact().mutability(writeOnly).returned("never"),
	}
}

func userPlural() Attributes {
	return Attributes{
		plural("emails", "E-mail addresses.", text("value", "An e-mail address."), "work", "home", "other"),
		plural("phoneNumbers", "Telephone numbers.", text("value", "A telephone number."),
			"work", "home", "mobile", "fax", "pager", "other"),
		plural("ims", "Instant messaging addresses.", text("value", "An instant messaging address.")),
		plural("photos", "Addresses of pictures.",
			reference("value", "The address of a picture.", "external"), "photo", "thumbnail"),
		listOf("addresses", "Postal addresses.",
			text("formatted", "The whole address, ready to show."),
			text("streetAddress", "Street and number."),
			text("locality", "The town."),
			text("region", "The state or region."),
			text("postalCode", "The postal code."),
			text("country", "The ISO 3166-1 alpha-2 code of the country."),
			text("type", "What the address is for.").canonical("work", "home", "other"),
			primary()),
		listOf("groups", "The groups that the user belongs to; changed through the groups.",
			text("value", "The id of the group.").exact(),
			reference("$ref", "The address of the group.", "Group"),
			text("display", "The name of the group."),
			text("type", "How the user belongs to the group.").canonical("direct", "indirect")).
			mutability(readOnly),
		plural("entitlements", "Things that the user is entitled to.", text("value", "An entitlement.")),
		plural("roles", "The user's roles.", text("value", "A role.")),
		plural("x509Certificates", "X.509 certificates.",
			attribute("value", TypeBinary, "A DER certificate in base64.").exact()),
	}
}

// plural is a multi-valued attribute with the usual sub-attributes (RFC 7643
// section 2.4).
func plural(name, description string, value Attribute, types ...string) Attribute {
	return listOf(name, description, value,
		text("display", "The value in words."),
		text("type", "What the value is for.").canonical(types...),
		primary())
}

func primary() Attribute {
	return attribute(primaryName, TypeBoolean, "Marks the preferred entry; at most one.")
}

func enterpriseUser() Attributes {
	return Attributes{
		text("employeeNumber", "The number that the organisation gave the user."),
		text("costCenter", "The cost centre."),
		text("organization", "The organisation."),
		text("division", "The division."),
		text("department", "The department."),
		complexOf("manager", "The user's manager.",
			text("value", "The id of the manager.").exact(),
			reference("$ref", "The address of the manager.", "User"),
			text("displayName", "The name of the manager.")),
	}
}
