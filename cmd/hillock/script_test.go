package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The program's command lines are tested as scripts, one file for each subcommand. Beside testscript's own, a script has the
// commands
//
//	hillock ARGS     run the program
//	status N         check the exit status of the latest one
//	refuse ARGS      run the program, which must have exit status 2 and print nothing, and append its message to the file refused
//
// and the condition [gpio], for a machine that has GPIO lines. With HILLOCK_UPDATE_SCRIPTS=1 a file that cmp finds different is
// written anew.
func TestScripts(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: os.Getenv("HILLOCK_UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv(asMain, "1")
			env.Values[status] = new(int)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"hillock": func(ts *testscript.TestScript, neg bool, args []string) {
				if got := runScripted(ts, exe, args); (got != 0) != neg {
					ts.Fatalf("got exit status %d", got)
				}
			},
			"refuse": func(ts *testscript.TestScript, _ bool, args []string) {
				got := runScripted(ts, exe, args)
				if out := ts.ReadFile("stdout"); got != 2 || out != "" {
					ts.Fatalf("got exit status %d and %q, want 2 and nothing printed", got, out)
				}
				ts.Check(appendTo(ts.MkAbs("refused"), fmt.Sprintf("$ hillock %s\n%s", strings.Join(args, " "), ts.ReadFile("stderr"))))
			},
			"status": func(ts *testscript.TestScript, _ bool, args []string) {
				if got := fmt.Sprint(*ts.Value(status).(*int)); len(args) != 1 || got != args[0] {
					ts.Fatalf("got exit status %s, want %v", got, args)
				}
			},
		},
		Condition: func(cond string) (bool, error) {
			if cond != "gpio" {
				return false, fmt.Errorf("unknown condition %q", cond)
			}
			chips, err := filepath.Glob("/dev/gpiochip*")
			return len(chips) > 0, err
		},
	})
}

// status is the key of the latest exit status of a script.
const status = "status"

// runScripted runs the program, through the emulator where there is one, and returns its exit status.
func runScripted(ts *testscript.TestScript, exe string, args []string) int {
	line := slices.Concat(strings.Fields(os.Getenv(through)), []string{exe}, args)
	err := ts.Exec(line[0], line[1:]...)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ts.Fatalf("%v", err)
	}
	last := ts.Value(status).(*int)
	*last = 0
	if exit != nil {
		*last = exit.ExitCode()
	}
	return *last
}

func appendTo(file, text string) error {
	old, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return os.WriteFile(file, append(old, text...), 0o600)
}
