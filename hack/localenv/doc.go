// Package localenv runs atlassync on one machine as it runs in a cluster: a
// real etcd and kube-apiserver with the shipped configuration applied, the
// manager as a child process that signs in as the shipped ServiceAccount, and
// simulated directories. The demo and the end-to-end tests share it.
//
// Everything listens on free loopback ports and keeps its files in one folder,
// so that any number of environments run side by side. Whoever starts one
// stops it: nothing outlives Environment.Stop.
package localenv
