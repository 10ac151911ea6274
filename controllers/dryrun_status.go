package controllers

import (
	"fmt"

	"k8s.io/utils/ptr"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// createdDefaults are default groups that would be created, by directory and
// name, each with how many users would be put into it.
type createdDefaults map[[2]string]int32

// add counts those of a user so many times, and gives those that were not
// among them yet.
func (d *createdDefaults) add(entry v1alpha1.UserDirectoryStatus, times int32) []string {
	var added []string
	for _, name := range plan.CreatedDefaults(entry.PlannedAction) {
		key := [2]string{entry.Name, directory.FoldName(name)}
		if *d == nil {
			*d = createdDefaults{}
		}
		if (*d)[key] == 0 {
			added = append(added, name)
		}
		if (*d)[key] += times; (*d)[key] == 0 {
			delete(*d, key)
		}
	}
	return added
}

// tallyPlanned counts what is planned for one account or group so many times.
func tallyPlanned(counts *v1alpha1.PlannedActions, actions string, held bool, times int32) {
	switch plan.EffectOf(actions) {
	case plan.EffectNone:
	case plan.EffectUpdate:
		counts.Update += times
	case plan.EffectCreate:
		counts.Create += times
	case plan.EffectDisable:
		counts.Disable += times
	case plan.EffectDelete:
		counts.Delete += times
	}
	if held {
		counts.Held += times
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
