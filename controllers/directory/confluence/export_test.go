package confluence

import (
	"time"

	"github.com/atlassync/atlassync/controllers/directory"
)

// Pace has a client rest so long between two looks at a task, and look for so
// long altogether.
func Pace(d directory.Directory, rest, total time.Duration) {
	d.(*Client).pace = pace{first: rest, longest: rest, total: total}
}
