//go:build !unix

package terminal

import "os"

// reportRequests never gets a value where there is no SIGUSR1.
func reportRequests() (requests <-chan os.Signal, stop func()) { return nil, func() {} }

// resumptions never gets a value where a process cannot be stopped.
func resumptions() (resumed <-chan os.Signal, stop func()) { return nil, func() {} }
