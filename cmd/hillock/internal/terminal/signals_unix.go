//go:build unix

package terminal

import (
	"os"
	"os/signal"
	"syscall"
)

// reportRequests gets a value when somebody asks for the times of the run, by SIGUSR1, until stop.
func reportRequests() (requests <-chan os.Signal, stop func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR1)
	return c, func() { signal.Stop(c) }
}

// resumptions gets a value when the process goes on after it was stopped, until stop.
func resumptions() (resumed <-chan os.Signal, stop func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGCONT)
	return c, func() { signal.Stop(c) }
}
