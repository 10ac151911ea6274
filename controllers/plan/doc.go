// Package plan decides what happens to a user or a group in one directory.
//
// Every function here is pure: what the source wants, what the directory
// shows and what the administrator allows go in; the changes to make and the
// reason to show come out. Nothing is read or written, so each rule of
// atlassync is one row of a table test.
package plan
