//go:build !linux

package edge

import "errors"

// Open requests lines of a chip of the Linux kernel. Elsewhere it returns errors.ErrUnsupported.
func Open(string, []uint32, []Line) (Port, error) { return nil, errors.ErrUnsupported }
