package bias

import (
	"golang.org/x/sys/unix"

	"hillock/hw/internal/request"
)

// unpull requests a line of a chip as an input without pull, until release.
func unpull(chip string, line uint32) (release func() error, err error) {
	fd, err := request.Open(chip, request.Line{Offset: line, Flags: request.Input | request.PullOff})
	if err != nil {
		return nil, err
	}
	return func() error { return unix.Close(fd) }, nil
}
