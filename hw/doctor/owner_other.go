//go:build !unix

package doctor

import "io/fs"

// group is the usual one where files have none.
func (Host) group(_ fs.FileInfo, usual string) string { return usual }
