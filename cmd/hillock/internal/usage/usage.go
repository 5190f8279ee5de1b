// Package usage maps errors to exit statuses: 2 for a bad command line or file, 3 for absent hardware, 1 for others.
package usage

import (
	"errors"
	"fmt"
	"strings"

	"hillock/cmd/hillock/internal/signals"
	"hillock/config"
	"hillock/hw/board"
	"hillock/neuron/wave"
)

// Error is an error in the command line or in a file named there.
type Error struct{ Err error }

func (e Error) Error() string { return e.Err.Error() }
func (e Error) Unwrap() error { return e.Err }

// Errorf returns an Error with a text formatted as by fmt.Errorf.
func Errorf(format string, args ...any) error { return Error{fmt.Errorf(format, args...)} }

// Status returns the exit status for an error: 0 for none, 128 plus the number of a second signal, 2 for a bad command line or
// file, 3 for hardware that this machine lacks, else 1. The service does not restart after 2 and 3.
func Status(err error) int {
	var bad Error
	var problems config.Problems
	var second signals.Second
	var absent board.Absent
	switch {
	case err == nil:
		return 0
	case errors.As(err, &second):
		return second.Status()
	case errors.As(err, &bad), errors.As(err, &problems):
		return 2
	case errors.As(err, &absent):
		return 3
	}
	return 1
}

// Text returns an error as the program prints it. A line about a place in a file begins with that place, so that an editor
// can jump there. Any other line begins with the program's name.
func Text(err error) string {
	var problems config.Problems
	var row *wave.RowError
	switch {
	case errors.As(err, &problems) && problems.Error() == err.Error():
		lines := make([]string, len(problems))
		for i, p := range problems {
			if lines[i] = p.Error(); p.File == "" {
				lines[i] = "hillock: " + lines[i]
			}
		}
		return strings.Join(lines, "\n")
	case errors.As(err, &row) && row.Error() == err.Error():
		return row.Error()
	}
	return "hillock: " + err.Error()
}
