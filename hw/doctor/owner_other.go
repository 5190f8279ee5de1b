//go:build !unix

package doctor

import "io/fs"

// group returns the usual group: files here have none.
func (Host) group(_ fs.FileInfo, usual string) string { return usual }
