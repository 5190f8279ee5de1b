package board

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// keepStdin copies file descriptor 0 and returns a function to restore it.
func keepStdin() (restore func() error, err error) {
	kept, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 3)
	if err == unix.EBADF { // the program started without one
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
