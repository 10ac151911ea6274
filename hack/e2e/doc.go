// Package e2e tests atlassync from end to end: the real binary signed in as
// the shipped ServiceAccount, a real API server with the shipped configuration
// applied, simulated directories, and identity providers that send what Okta
// sends. What is checked is what people see: SCIM answers, custom resources,
// accounts in the directory.
//
// Every test has a SyncConfig, a namespace and a Jira of its own. The traffic
// to each Jira is checked against the vendor's document where that is present.
package e2e
