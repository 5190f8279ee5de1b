// Package bounded keeps a program from waiting for a reader: a terminal after Ctrl-S, a full pipe, a file system that does not
// answer. Call gives a deadline to whatever may block, and Queue takes the lines of a log and drops those that find no room.
package bounded

import (
	"fmt"
	"runtime/debug"
	"time"
)

// Call calls f and returns its error, or one that begins with what after a time; f then goes on by itself, and nothing
// waits for it. A panic in f is returned as an error.
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

// Caught makes a panic an error. It must be deferred itself: a panic in a goroutine would end the program with its pins as they
// are, and with the exit status of a bad command line.
func Caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	}
}
