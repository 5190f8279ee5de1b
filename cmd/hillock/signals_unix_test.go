//go:build unix

package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// hear reads a log to the next line that says how the neuron is doing.
func hear(t *testing.T, log *bufio.Scanner) {
	t.Helper()
	for log.Scan() {
		if strings.Contains(log.Text(), "msg=run neuron=n1") {
			return
		}
	}
	t.Fatal("got the end of the log, want that the run goes on")
}

func TestRunUnderNohupDoesNotEndWithItsTerminal(t *testing.T) {
	t.Parallel()
	cmd := program(t, "run", "--hw", "sim")
	cmd.Args = append([]string{"sh", "-c", `trap "" HUP; exec "$@"`, "sh"}, cmd.Args...)
	var err error
	if cmd.Path, err = exec.LookPath("sh"); err != nil {
		t.Fatal(err)
	}
	errOut, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	log := bufio.NewScanner(errOut)
	hear(t, log)
	cmd.Process.Signal(syscall.SIGHUP)
	hear(t, log)
	hear(t, log)
	cmd.Process.Signal(syscall.SIGTERM)
	for log.Scan() {
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("got %v, want exit status 0", err)
	}
}

// Without SIGPIPE ignored the first line of the log would kill it with its pins as they are.
func TestRunGoesOnWhereTheReadersAreGone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "summary.json")
	cmd := program(t, "run", "--hw", "sim", "--duration", "1500ms", "--summary", file)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	out.Close()
	log.Close()
	_ = cmd.Run()
	if state := cmd.ProcessState; state.ExitCode() != 1 {
		t.Errorf("got %v, want exit status 1: the text of the summary has no reader", state)
	}
	if _, err := os.Stat(file); err != nil {
		t.Errorf("got %v, want the summary as a file", err)
	}
}
