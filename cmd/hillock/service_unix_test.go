//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"hillock/cmd/hillock/internal/summary"
	"hillock/config"
)

// manager is systemd's side of a service: a socket and its messages since the last done.
type manager struct {
	*net.UnixConn
	path string
	said []string
}

func newManager(t *testing.T) *manager {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &manager{UnixConn: c, path: path}
}

// hear reads a message; ok is false after a time without one.
func (m *manager) hear(t *testing.T, within time.Duration) bool {
	t.Helper()
	b := make([]byte, 4096)
	m.SetReadDeadline(time.Now().Add(within))
	n, err := m.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	m.said = append(m.said, string(b[:n]))
	return true
}

// wait waits for a matching message since the last done.
func (m *manager) wait(t *testing.T, want string) {
	t.Helper()
	start, pattern := time.Now(), regexp.MustCompile("^"+want)
	for !slices.ContainsFunc(m.said, pattern.MatchString) {
		if !m.hear(t, 10*time.Second) || time.Since(start) > 20*time.Second {
			t.Fatalf("got %q, want %s", m.said, want)
		}
	}
}

func (m *manager) done() { m.said = nil }

func TestServiceReportsAndReloads(t *testing.T) {
	m := newManager(t)
	file := filepath.Join(t.TempDir(), "my.toml")
	write := func(tauM string) {
		text := "[loop]\nspeed = 1\nrealtime = \"off\"\nmax_lag = \"1 min\"\n[input.knob]\ndriver = \"mcp3008\"\n[neuron.n1]\ninput = \"knob\"\ntau_m = \"" + tauM +
			"\"\n[output.led]\ndriver = \"pulse\"\npin = \"GPIO17\"\nneuron = \"n1\"\n"
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("10 ms")
	cmd := program(t, "run", file, "--hw", "sim")
	cmd.Env = append(cmd.Env, "NOTIFY_SOCKET="+m.path, "WATCHDOG_USEC=300000", "WATCHDOG_PID=")
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(pipe)
	var log string
	logged := func(want string) {
		t.Helper()
		for !strings.Contains(log, want) {
			line, err := lines.ReadString('\n')
			if err != nil {
				t.Fatalf("got %v after\n%s\nwant %q", err, log, want)
			}
			log += line
		}
	}
	m.wait(t, "READY=1")
	m.wait(t, "WATCHDOG=1")
	m.wait(t, `STATUS=n1 71\.9 Hz \(predicted 71\.9 Hz\) at 2\.00 nA$`)

	m.done()
	write("-1 ms")
	cmd.Process.Signal(syscall.SIGHUP)
	m.wait(t, "RELOADING=1\nMONOTONIC_USEC=")
	m.wait(t, "READY=1")
	m.wait(t, "STATUS=n1 .*; not reloaded: "+regexp.QuoteMeta(file)+`:9:1: neuron\.n1\.tau_m: must be more than 0 ms, got "-1 ms"$`)
	logged("not reloaded: the old configuration keeps running")

	m.done()
	write("20 ms")
	cmd.Process.Signal(syscall.SIGHUP)
	m.wait(t, "RELOADING=1")
	m.wait(t, "READY=1")
	logged("configuration reloaded; until then")
	m.done()
	m.wait(t, "WATCHDOG=1")
	m.wait(t, `STATUS=n1 36\.1 Hz \(predicted 36\.1 Hz\) at 2\.00 nA$`)

	cmd.Process.Signal(syscall.SIGTERM)
	m.wait(t, "STOPPING=1")
	rest, _ := io.ReadAll(lines)
	if err := cmd.Wait(); err != nil || !strings.Contains(out.String(), "(36.1 Hz) at 1.999 nA") {
		t.Errorf("got %v, %s and\n%s%s\nwant the summary of the last configuration", err, out.String(), log, rest)
	}
}

// serve starts the program as a service and waits for its readiness.
func (m *manager) serve(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := program(t, append([]string{"run", "--hw", "sim", "--set", "loop.realtime=off"}, args...)...)
	cmd.Env = append(cmd.Env, "NOTIFY_SOCKET="+m.path, "WATCHDOG_USEC=300000", "WATCHDOG_PID=")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	m.wait(t, "READY=1")
	m.done()
	return cmd
}

func TestRunRefusesAPipeAsItsFile(t *testing.T) {
	m := newManager(t)
	file := filepath.Join(t.TempDir(), "my.toml")
	if err := os.WriteFile(file, config.DefaultTOML(), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := m.serve(t, file)
	if err := errors.Join(os.Remove(file), syscall.Mkfifo(file, 0o600)); err != nil {
		t.Fatal(err)
	}
	cmd.Process.Signal(syscall.SIGHUP)
	m.wait(t, "RELOADING=1")
	m.wait(t, "STATUS=.*; not reloaded: "+regexp.QuoteMeta(file)+": must be a regular, non-empty file, got a pipe$")
	cmd.Process.Signal(syscall.SIGTERM)
	m.wait(t, "STOPPING=1")
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func TestDurationCoversAllReloads(t *testing.T) {
	m := newManager(t)
	dir := t.TempDir()
	file, result := filepath.Join(dir, "my.toml"), filepath.Join(dir, "summary.json")
	if err := os.WriteFile(file, config.DefaultTOML(), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := m.serve(t, file, "--duration", "5s", "--summary", result)
	m.wait(t, "WATCHDOG=1") // after some ticks
	cmd.Process.Signal(syscall.SIGHUP)
	m.wait(t, "RELOADING=1")
	m.wait(t, "READY=1")
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	var s summary.Figures
	text, err := os.ReadFile(result)
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil || s.Reloads != 1 || s.Ticks == 0 || s.Ticks+int64(s.SkippedMs*10) >= 5000 {
		t.Errorf("got %v and %+v, want the last leg shorter than the 5 s of the run", err, s)
	}
}

func TestStatusFitsIntoSystemdsMessage(t *testing.T) {
	m := newManager(t)
	file := filepath.Join(t.TempDir(), "my.toml")
	text := string(config.DefaultTOML())
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := m.serve(t, file)
	for i := range 300 {
		text += fmt.Sprintf("[output.x%d]\ndriver = \"pulse\"\npin = \"%s\"\nneuron = \"n1\"\n", i, strings.Repeat("x", 20))
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd.Process.Signal(syscall.SIGHUP)
	m.wait(t, "STATUS=n1 .*; not reloaded: .*:[0-9]+:1: output.x0.pin: must be a pin .*, and 299 more: see the log$")
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func TestReloadNeedsAFile(t *testing.T) {
	m := newManager(t)
	cmd := m.serve(t)
	cmd.Process.Signal(syscall.SIGHUP)
	m.wait(t, "STATUS=.*; not reloaded: no file to reload: the built-in configuration runs$")
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}
