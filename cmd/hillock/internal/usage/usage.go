// Package usage tells a bad command line or configuration from other errors, and knows the exit status of each.
package usage

import (
	"errors"
	"fmt"

	"hillock/cmd/hillock/internal/signals"
	"hillock/config"
)

// Error is a bad command line, or a file named on it that cannot be used.
type Error struct{ Err error }

func (e Error) Error() string { return e.Err.Error() }
func (e Error) Unwrap() error { return e.Err }

// Errorf returns an Error whose text is made as fmt.Errorf makes it.
func Errorf(format string, args ...any) error { return Error{fmt.Errorf(format, args...)} }

// Status returns the exit status for an error: 0 for none, 2 for a bad command line or file, which no restart mends, 128 and
// the number of the second signal that ended the program, and 1 for any other error.
func Status(err error) int {
	var bad Error
	var problems config.Problems
	var second signals.Second
	switch {
	case err == nil:
		return 0
	case errors.As(err, &second):
		return second.Status()
	case errors.As(err, &bad), errors.As(err, &problems):
		return 2
	}
	return 1
}
