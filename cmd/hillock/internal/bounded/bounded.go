// Package bounded keeps a program from waiting for a reader: a terminal after Ctrl-S, a full pipe, a dead file system. Call gives
// a call a deadline. Queue buffers the lines of a log and drops lines without room.
package bounded

import (
	"fmt"
	"runtime/debug"
	"time"
)

// Call calls f and returns its error, or after a time an error that begins with what; f then continues on its own. It returns a
// panic in f as an error.
func Call(within time.Duration, what string, f func() error) error {
	done := make(chan error, 1)
	go func() { done <- safely(f) }()
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		return fmt.Errorf("%s: not done within %v", what, within)
	}
}

func safely(f func() error) (err error) {
	defer Caught(&err)
	return f()
}

// Caught turns a panic into an error. Defer it directly. An uncaught panic in a goroutine would end the program, leave its pins
// high, and exit with the status of a bad command line.
func Caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	}
}
