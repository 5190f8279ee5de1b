//go:build !unix

package main

import "os"

// reportRequests never gets a value where there is no SIGUSR1.
func reportRequests() (requests <-chan os.Signal, stop func()) { return nil, func() {} }
