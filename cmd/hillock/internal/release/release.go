// Package release names the program as it was built.
package release

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// Line returns the program with its version ("": as the build knows it), the commit (when the build knows it), the compiler and the target.
func Line(v string) string {
	commit := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if v == "" {
			v = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && (v == "" || !strings.HasPrefix(s.Value, v)) {
				commit = " " + s.Value[:min(12, len(s.Value))]
			}
		}
	}
	if v == "" {
		v = "(devel)"
	}
	return fmt.Sprintf("hillock %s%s %s %s/%s", v, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
