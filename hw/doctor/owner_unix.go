//go:build unix

package doctor

import (
	"io/fs"
	"os/user"
	"strconv"
	"syscall"
)

// group returns the group of a file by name. On a machine made for a test it returns the usual group.
func (h Host) group(info fs.FileInfo, usual string) string {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || h.Root != "" {
		return usual
	}
	id := strconv.FormatUint(uint64(stat.Gid), 10)
	if g, err := user.LookupGroupId(id); err == nil {
		return g.Name
	}
	return id
}
