//go:build !unix

package main

import "os/exec"

// startAside starts a program.
func startAside(cmd *exec.Cmd) error { return cmd.Start() }
