//go:build unix

package main

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
