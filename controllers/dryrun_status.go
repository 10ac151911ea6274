package controllers

import (
	"fmt"

	"k8s.io/utils/ptr"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// plannedCounts counts what is planned for the accounts and groups in all
// directories; nil unless mode is DryRun.
func plannedCounts(config *v1alpha1.SyncConfig, users []v1alpha1.ProvisionedUser, groups []v1alpha1.ProvisionedGroup) *v1alpha1.PlannedCounts {
	if config.Spec.Mode != v1alpha1.ModeDryRun {
		return nil
	}
	counts := &v1alpha1.PlannedCounts{}
	var defaults createdDefaults
	for i := range groups {
		for _, entry := range groups[i].Status.Directories {
			tallyPlanned(&counts.Groups, entry.PlannedAction, len(entry.HeldRemovals) > 0)
		}
	}
	for i := range users {
		for _, entry := range users[i].Status.Directories {
			tallyPlanned(&counts.Users, entry.PlannedAction, len(entry.HeldRemovals) > 0)
			counts.Groups.Create += int32(len(defaults.add(entry)))
		}
	}
	return counts
}

// createdDefaults are default groups that would be created, each once: many
// users get the same.
type createdDefaults map[[2]string]bool

// add gives those of a user that are not known yet.
func (d *createdDefaults) add(entry v1alpha1.UserDirectoryStatus) []string {
	var added []string
	for _, name := range plan.CreatedDefaults(entry.PlannedAction) {
		key := [2]string{entry.Name, directory.FoldName(name)}
		if *d == nil {
			*d = createdDefaults{}
		}
		if !(*d)[key] {
			(*d)[key] = true
			added = append(added, name)
		}
	}
	return added
}

func tallyPlanned(counts *v1alpha1.PlannedActions, actions string, held bool) {
	switch plan.EffectOf(actions) {
	case plan.EffectNone:
	case plan.EffectUpdate:
		counts.Update++
	case plan.EffectCreate:
		counts.Create++
	case plan.EffectDisable:
		counts.Disable++
	case plan.EffectDelete:
		counts.Delete++
	}
	if held {
		counts.Held++
	}
}

// plannedMessage tells at a glance what a dry run plans.
func (c *checkup) plannedMessage() string {
	return "Dry run, nothing is written: " + plannedSummary(c.config.Status.Planned) + c.unsettled()
}

// plannedSummary tells of the groups only if there is anything to tell.
func plannedSummary(counts *v1alpha1.PlannedCounts) string {
	message := plannedWords(counts.Users)
	if counts.Groups != (v1alpha1.PlannedActions{}) {
		message += "; groups: " + plannedWords(counts.Groups)
	}
	return message
}

// plannedWords are the counts in words: who would be deleted, only if there is
// anybody.
func plannedWords(counts v1alpha1.PlannedActions) string {
	words := fmt.Sprintf("%d to create, %d to update, %d to disable", counts.Create, counts.Update, counts.Disable)
	if counts.Delete > 0 {
		words += fmt.Sprintf(", %d to delete", counts.Delete)
	}
	return words + fmt.Sprintf(", %d held", counts.Held)
}

// correctsDrift reports whether what others changed is put right.
func correctsDrift(config *v1alpha1.SyncConfig) bool {
	return ptr.Deref(config.Spec.Resync.CorrectDrift, true) && !isDryRun(config)
}

// leftSo says that what others changed is left, and why.
func leftSo(config *v1alpha1.SyncConfig) string {
	if isDryRun(config) {
		return "left so (mode is DryRun)"
	}
	return "left so (resync.correctDrift is off)"
}
