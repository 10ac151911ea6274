package controllers

// Attempts to lose accounts, and what stops them. None may take access away
// from somebody, leave it with somebody without saying so, or make one account
// of two people, unless a human has asked for exactly that.
//
//	attack                                               tested by
//	the URL leads to another instance, ids collide       attack_places_test.go
//	the directory is restored from a backup              attack_places_test.go
//	the directory is replaced by an empty one            attack_places_test.go
//	an entry's URL or name changes while users go        attack_places_test.go, hack/e2e/attack_rivals_test.go
//	two entries exchange their URLs                      fanout_test.go, attack_places_test.go
//	a wrong value of accept-listing                      attack_places_test.go
//	users are looked at before the new connection is     attack_places_test.go
//	two SyncConfigs on one directory, one goes           attack_rivals_test.go
//	a SyncConfig is deleted and made again               attack_rivals_test.go, user_controller_test.go, hack/e2e/removal_test.go
//	an empty, failing or truncated listing               sweep_test.go, attack_places_test.go
//	a group's members are listed as empty                attack_groups_test.go
//	killed between any two writes                        attack_crash_test.go, hack/e2e/*crash*_test.go
//	the operator's own account or groups                 attack_names_test.go, user_controller_test.go, group_controller_test.go
//	a regex that gives everybody one name                attack_names_test.go
//	usernames or e-mail addresses exchanged              attack_names_test.go
//	a name used again while its holder is leaving        attack_names_test.go
//	groups exchange their names                          attack_groups_test.go
//	mappings exchange the names of groups                attack_groups_test.go
//	a group gets a protected name                        attack_groups_test.go
//	mass unassignment                                    removals_test.go, hack/e2e/removal_limit_test.go
//	old, foreign or repeated approvals, clock jumps      attack_limit_test.go, removals_test.go
//	DryRun, Paused and back                              attack_limit_test.go, dryrun_test.go
//	onRemoval changes while removals are held            attack_limit_test.go
//	importUsers is switched off                          attack_names_test.go
//	objects edited by hand                               attack_names_test.go
//	the namespace, the definitions, the operator go      hack/e2e/namespace_test.go, uninstall_test.go
