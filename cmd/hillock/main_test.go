package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"hillock/cmd/hillock/internal/usage"
)

// hillock runs a command line in this process, its outputs caught.
func hillock(ctx context.Context, args ...string) (out, errOut string, err error) {
	var o, e strings.Builder
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(strings.NewReader(""))
	root.SetOut(&o)
	root.SetErr(&e)
	err = root.ExecuteContext(ctx)
	return o.String(), e.String(), err
}

// asMain makes the test binary the program itself, for what needs a process of its own: signals, exit status.
const asMain = "HILLOCK_TEST_AS_MAIN"

// through holds the words of go test's -exec where the machine cannot run the test binary by itself: those of an emulator.
const through = "HILLOCK_TEST_EXEC"

func TestMain(m *testing.M) {
	if os.Getenv(asMain) != "" {
		unread()
		if kind := os.Getenv(breaks); kind != "" {
			broken(kind)
		}
		main()
	}
	os.Exit(m.Run())
}

func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	line := slices.Concat(strings.Fields(os.Getenv(through)), []string{exe}, args)
	cmd := exec.CommandContext(t.Context(), line[0], line[1:]...)
	cmd.Env = append(os.Environ(), asMain+"=1")
	return cmd
}

func TestRunEndsCleanlyOnASignal(t *testing.T) {
	caught := make(chan os.Signal, 1) // under nohup a child would inherit that it is ignored; what is caught it does not
	signal.Notify(caught, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(caught) })
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel() // each in a process of its own
			file := filepath.Join(t.TempDir(), "summary.json")
			cmd := program(t, "run", "--hw", "sim", "--set", "loop.speed=1", "--summary", file)
			errOut, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			cmd.Stdout = &out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(errOut)
			for lines.Scan() {
				if strings.Contains(lines.Text(), "msg=run neuron=n1") {
					cmd.Process.Signal(sig)
					break
				}
			}
			rest, _ := io.ReadAll(errOut)
			if err := cmd.Wait(); err != nil {
				t.Errorf("got %v and %s, want exit status 0", err, rest)
			}
			for _, want := range []string{"of model time in", "on GPIO17", "read error", "lateness   p50"} {
				if !strings.Contains(out.String(), want) {
					t.Errorf("got summary\n%s\nwant in it %q", out.String(), want)
				}
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("got %v, want the summary as a file too", err)
			}
		})
	}
}

func TestExitStatus(t *testing.T) {
	for _, tt := range []struct {
		args   string
		status int
		want   string // standard error, whole
	}{
		{"version", 0, ""},
		{"sim --duration 1ms --format spikes", 0, ""},
		{"--version", 0, ""},
		{"frobnicate", 2, "hillock: no command is called \"frobnicate\" (see 'hillock --help')\n"},
		{"run --hw=simm", 2, "hillock: --hw: must be auto, real or sim, got \"simm\"\n"},
		{"run --set neuron.n1.tau_m=-10ms", 2, "hillock: --set neuron.n1.tau_m: must be more than 0 ms, got \"-10ms\"\n"},
		{"config check none.toml", 2, "hillock: open none.toml: no such file or directory: `hillock config init none.toml` writes one\n"},
		{"sim --format trace --out /dev/full", 1, "hillock: write /dev/full: no space left on device\n"},
	} {
		if strings.Contains(tt.args, "/dev/full") {
			if _, err := os.Stat("/dev/full"); err != nil {
				t.Log("SKIPPED: a full device: this system has no /dev/full")
				continue
			}
		}
		cmd := program(t, strings.Fields(tt.args)...)
		var errOut strings.Builder
		cmd.Stderr = &errOut
		_ = cmd.Run()
		if got := cmd.ProcessState.ExitCode(); got != tt.status || errOut.String() != tt.want {
			t.Errorf("hillock %s: got exit status %d and %q, want %d and %q", tt.args, got, errOut.String(), tt.status, tt.want)
		}
	}
}

func TestBadCommandLines(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct{ args, want string }{
		{"simm", "no command is called \"simm\": did you mean sim? (see 'hillock --help')"},
		{"config check -", `FILE: must be the name of a configuration, got "-"`},
		{"config init a/b.toml", "cannot write in a: no such file or directory"},
		{"config shw", "no command is called \"shw\": did you mean show? (see 'hillock config --help')"},
		{"run a b", "accepts at most 1 arg(s), received 2 (see 'hillock run --help')"},
		{"run --duraton 3s", "unknown flag: --duraton (see 'hillock run --help')"},
		{"run --duration 10", `invalid argument "10" for "--duration" flag: must be a time such as "10 s", got "10" (see 'hillock run --help')`},
		{"run --duration 0s", "--duration: must be at least a tick, 1ms, got 0s"},
		{"run --summary " + dir, "--summary: " + dir + " is a directory, want a file's name"},
		{"sim --current 2", `--current: must be a current such as "2 nA", got "2": the unit is missing, write "2 nA"`},
		{"sim --current 2A", `--current: must be between -1e+06 nA and 1e+06 nA, got "2A"`},
		{"sim --current 2nA --input x.csv", "--current, --input: cannot be given together: choose one"},
		{"sim --worksheet 10 --duration 3s", "--worksheet, --duration: cannot be given together: choose one"},
		{"sim --worksheet 0x10", `--worksheet: must be a number of mV between -10000 and 10000, got "0x10"`},
		{"sim --worksheet inf", `--worksheet: must be a number of mV between -10000 and 10000, got "inf"`},
		{"sim --input none.csv", "--input: open none.csv: no such file or directory"},
		{"sim --format x", `--format: must be summary, spikes, trace or worksheet, got "x"`},
		{"sim --neuron n7", `--neuron: no neuron is called "n7": there is n1`},
		{"sim --duration 10us", "--duration: must be at least dt, 100µs, got 10µs"},
		{"sim --out " + dir + "/none/x", "--out: cannot write in " + dir + "/none: no such file or directory"},
	} {
		_, _, err := hillock(t.Context(), strings.Fields(tt.args)...)
		if err == nil || err.Error() != tt.want || usage.Status(err) != 2 {
			t.Errorf("hillock %s:\n got %v (exit status %d)\nwant %s (2)", tt.args, err, usage.Status(err), tt.want)
		}
	}
}

func TestConfigCommands(t *testing.T) {
	file := filepath.Join(t.TempDir(), "my.toml")
	out, _, err := hillock(t.Context(), "config", "init", file)
	if want := file + " written: change it, then 'hillock config check " + file + "' and 'hillock run " + file + "'\n"; err != nil || out != want {
		t.Fatalf("got %q, %v; want %q", out, err, want)
	}
	if _, _, err := hillock(t.Context(), "config", "init", file); err == nil || err.Error() != file+": is there already: choose another name, or --force to replace it" {
		t.Errorf("got %v", err)
	}
	if out, _, err := hillock(t.Context(), "config", "check", file); err != nil || out != file+": ok: 1 neuron, 1 input, 1 output\n" {
		t.Errorf("got %q, %v", out, err)
	}
	built, _, err := hillock(t.Context(), "config", "show")
	if err != nil {
		t.Fatal(err)
	}
	if shown, _, err := hillock(t.Context(), "config", "show", file); err != nil || shown != built {
		t.Errorf("got %q, %v; want the built-in configuration, %q", shown, err, built)
	}
	set, _, err := hillock(t.Context(), "config", "show", file, "--set", "neuron.n1.tau_m=20 ms")
	if want := strings.Replace(built, `tau_m = "10 ms"`, `tau_m = "20 ms"`, 1); err != nil || set != want {
		t.Errorf("got %q, %v; want %q", set, err, want)
	}
}
