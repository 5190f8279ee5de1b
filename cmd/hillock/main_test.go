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
	"time"
)

// hillock runs a command line in this process and returns its outputs.
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

const ms = time.Millisecond

// asMain turns the test binary into the program, for tests of signals and exit statuses.
const asMain = "HILLOCK_TEST_AS_MAIN"

// through names the emulator in go test's -exec, for test binaries of another architecture.
const through = "HILLOCK_TEST_EXEC"

// guestPrograms is a folder for the programs of guests, until the end of the tests.
var guestPrograms string

func TestMain(m *testing.M) {
	if os.Getenv(asMain) != "" {
		unread()
		if kind := os.Getenv(breaks); kind != "" {
			broken(kind)
		}
		main()
	}
	var err error
	if guestPrograms, err = os.MkdirTemp("", "hillock-test"); err != nil {
		panic(err)
	}
	status := m.Run()
	os.RemoveAll(guestPrograms)
	os.Exit(status)
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
	caught := make(chan os.Signal, 1) // a child inherits an ignored SIGHUP, as under nohup, but not a caught one
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
				if strings.Contains(lines.Text(), "  n1  ") {
					cmd.Process.Signal(sig)
					break
				}
			}
			rest, _ := io.ReadAll(errOut)
			if err := cmd.Wait(); err != nil {
				t.Errorf("got %v and %s, want exit status 0", err, rest)
			}
			const hangup = "SIGHUP ended the run: only a service reads its file again: start the run again for a changed file\n"
			if strings.Contains(string(rest), hangup) != (sig == syscall.SIGHUP) {
				t.Errorf("got the log\n%s\nwant %q after SIGHUP alone", rest, hangup)
			}
			for _, want := range []string{"of model time in", "on GPIO17", "n1  ", "predicted  ", "ticks      "} {
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

// told returns the text of an error, "" for none.
func told(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
