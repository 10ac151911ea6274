package manager

import (
	"os"
	"runtime/debug"
)

// gcPercent is how much garbage may come together beside what is held, in
// percent of it. By Go's default it may be as much again; what is held here is
// every user and every account, and requests leave little beside it.
const gcPercent = 30

// holdMuch has garbage collected earlier than Go would, unless the environment
// says when (GOGC).
func holdMuch() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}
