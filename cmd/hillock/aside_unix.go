//go:build unix

package main

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// startAside starts a program that keeps out of the way of this one and of its terminal: less urgent, in a process group of
// its own, which Ctrl-C does not reach.
func startAside(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	// As nice(1) without a number. Of the group: on Linux each thread has its own (setpriority(2), "C library/kernel
	// differences"). As urgent as before it only has more of what nobody else wants.
	_ = unix.Setpriority(unix.PRIO_PGRP, cmd.Process.Pid, 10)
	return nil
}
