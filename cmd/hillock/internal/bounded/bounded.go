// Package bounded keeps a program from waiting without end: for a terminal after Ctrl-S, a full pipe or a dead file system. Call
// calls a function with a deadline. Queue buffers the lines of a log, and drops lines when it is full.
package bounded

import (
	"fmt"
	"runtime/debug"
	"time"

	"hillock/config"
)

// Call calls f and returns its error. If f takes longer than within, Call returns an error that begins with what, and f continues
// in the background. A panic in f becomes an error.
func Call(within time.Duration, what string, f func() error) error {
	done := make(chan error, 1)
	go func() { done <- safely(f) }()
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		return fmt.Errorf("%s: not done within %s", what, config.FormatTime(within))
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
