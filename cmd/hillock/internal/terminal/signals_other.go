//go:build !unix

package terminal

import "os"

// reportRequests stays silent: this system has no SIGUSR1.
func reportRequests() (requests <-chan os.Signal, stop func()) { return nil, func() {} }

// resumptions stays silent: this system does not stop processes.
func resumptions() (resumed <-chan os.Signal, stop func()) { return nil, func() {} }
