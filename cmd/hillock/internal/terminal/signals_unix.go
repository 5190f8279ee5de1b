//go:build unix

package terminal

import (
	"os"
	"os/signal"
	"syscall"
)

// reportRequests receives a value at each SIGUSR1, until stop.
func reportRequests() (requests <-chan os.Signal, stop func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR1)
	return c, func() { signal.Stop(c) }
}

// resumptions receives a value at each SIGCONT, after a stop of the process, until stop.
func resumptions() (resumed <-chan os.Signal, stop func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGCONT)
	return c, func() { signal.Stop(c) }
}
