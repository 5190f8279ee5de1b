//go:build unix

package main

import (
	"bufio"
	"strings"
	"syscall"
	"testing"
)

func TestSIGUSR1PrintsTheTimes(t *testing.T) {
	cmd := program(t, "run", "--hw", "sim", "--set", "loop.speed=1")
	errOut, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var rows, words []string
	for lines := bufio.NewScanner(errOut); lines.Scan(); {
		line := lines.Text()
		switch {
		case strings.Contains(line, "  n1  ") && rows == nil:
			cmd.Process.Signal(syscall.SIGUSR1)
		case strings.HasPrefix(line, "ticks "):
			words = append(words, line)
		case strings.Contains(line, " p50 "):
			rows = append(rows, strings.Fields(line)[0])
		}
		if len(rows) == 5 {
			cmd.Process.Signal(syscall.SIGTERM)
			break
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if got := strings.Join(rows, " "); got != "lateness wake-up read pulse tick" || len(words) != 1 {
		t.Errorf("got rows %q after %q, want the lateness in words, and lateness, wake-up, read, pulse, tick", got, words)
	}
}
