//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"hillock/cmd/hillock/internal/summary"
)

// hear reads a log up to the next line about the neuron.
func hear(t *testing.T, log *bufio.Scanner) {
	t.Helper()
	for log.Scan() {
		if strings.Contains(log.Text(), "  n1  ") {
			return
		}
	}
	t.Fatal("got the end of the log, want the run to continue")
}

func TestRunUnderNohupOutlivesItsTerminal(t *testing.T) {
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

// A log without a reader ends the run safely. SIGPIPE would leave the pins as they are.
func TestRunEndsWhenNothingReadsItsLog(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		args []string
		all  bool // the summary has no reader either
	}{
		{"lines", nil, false},
		{"records", []string{"--log-format=json"}, false},
		{"log and summary", nil, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "summary.json")
			cmd := program(t, append([]string{"run", "--hw", "sim", "--duration", "1m", "--summary", file}, tt.args...)...)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			log, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if tt.all {
				out.Close()
			}
			log.Close()
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			text, _ := io.ReadAll(out)
			_ = cmd.Wait()
			if state := cmd.ProcessState; state.ExitCode() != 1 {
				t.Errorf("got %v, want exit status 1", state)
			}
			var s summary.Figures
			if saved, err := os.ReadFile(file); err != nil || json.Unmarshal(saved, &s) != nil || s.RealTimeS > 50 {
				t.Errorf("got %v and %+v, want the summary of a short run", err, s)
			}
			if !tt.all && !strings.Contains(string(text), "of model time in") {
				t.Errorf("got %q, want the summary", text)
			}
		})
	}
}
