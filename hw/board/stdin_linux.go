package board

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// keepStdin holds a copy of file descriptor 0, and returns what puts it back.
func keepStdin() (restore func() error, err error) {
	kept, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 3)
	if err == unix.EBADF { // started without one: there is nothing to keep
		return func() error { return nil }, nil
	}
	if err != nil {
		return nil, fmt.Errorf("keep standard input: %w", err)
	}
	return func() error {
		defer unix.Close(kept)
		if err := unix.Dup3(kept, 0, 0); err != nil {
			return fmt.Errorf("put standard input back: %w", err)
		}
		return nil
	}, nil
}
