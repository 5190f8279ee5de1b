// Testarm runs tests on this machine, and then under qemu for the Pi's processors: all but those of some packages. It prints the
// number of passed tests and the skipped tests. It fails if a test passed on this machine, but neither passed nor was skipped by name
// under qemu.
//
// 'testarm report' reads the output of 'go test -json' and prints it in the same way, for 'make test'. 'testarm boards' prints it as a
// table of tests by board, for 'make test-pi'.
package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
)

// The processor of a Pi Zero is an ARM1176.
var emulators = []struct{ arch, line string }{
	{"arm", "qemu-arm-static -cpu arm1176"},
	{"arm64", "qemu-aarch64-static"},
}

// without returns the packages without a run under qemu. The main one takes a third of the time, and the emulated Pis run that program:
// a Zero, a 3B and a 4B. The others draw, or serve pages: they have no arithmetic of a processor's own, and they take minutes.
func without() []string {
	return []string{
		"hillock/cmd/hillock",
		"hillock/cmd/hillock/internal/serve", "hillock/cmd/hillock/internal/terminal", "hillock/cmd/hillock/internal/web",
		"hillock/cmd/hillock/internal/broker", "hillock/hw/wiring/breadboard",
	}
}

func main() {
	err := errors.New("must be run without arguments, with report or with boards")
	switch args := os.Args[1:]; {
	case len(args) == 0:
		err = run()
	case slices.Equal(args, []string{"report"}):
		err = report(os.Stdin, os.Stdout)
	case slices.Equal(args, []string{"boards"}):
		err = boards(os.Stdin, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "testarm:", err)
		os.Exit(1)
	}
}

// report prints the results of events: each package, the output of failed tests, and the skipped tests. The exit status of
// go test reports a failure.
func report(events io.Reader, w io.Writer) error {
	r, err := read(events, w, w, nil)
	if err == nil {
		_, err = fmt.Fprint(w, r)
	}
	return err
}

// boards prints the results of events as a table: a row for each test, and a column for each value of the attribute "board" (see
// testing.T.Attr). Before the table comes a line for each ended boot. A cell has the time of the test with that attribute, and the number of tests in it.
func boards(events io.Reader, w io.Writer) error {
	boot, ended, columns := map[test]string{}, map[test]event{}, []string{}
	r, err := read(events, w, io.Discard, func(e event) {
		switch t := (test{e.Package, e.Test}); e.Action {
		case "attr":
			boot[t] = e.Value
			columns = append(columns, e.Value)
		case "pass", "fail":
			ended[t] = e
			if board := boot[t]; board != "" {
				fmt.Fprintf(w, "%s %s on %s\n", e.Action, t.name, board) // a boot takes a while
			}
		}
	})
	if err != nil {
		return err
	}
	slices.Sort(columns)
	columns = slices.Compact(columns)
	rows := map[string][]string{}
	for t, board := range boot {
		cell := fmt.Sprintf("%s %.1f s", ended[t].Action, ended[t].Elapsed)
		if n := r.within(t); n > 1 {
			cell += fmt.Sprintf(", %d tests", n)
		}
		name, _, _ := strings.Cut(t.name, "/")
		if rows[name] == nil {
			rows[name] = make([]string, len(columns))
		}
		rows[name][slices.Index(columns, board)] = cell
	}
	out := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	if len(rows) > 0 {
		fmt.Fprintf(out, "test\t%s\n", strings.Join(columns, "\t"))
	}
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		fmt.Fprintf(out, "%s\t%s\n", name, strings.Join(rows[name], "\t"))
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprint(w, r)
	return err
}

func run() error {
	packages, err := packagesWithout(without())
	if err != nil {
		return err
	}
	var here results
	for _, e := range emulators {
		qemu := strings.Fields(e.line)[0]
		if _, err := exec.LookPath(qemu); err != nil {
			fmt.Printf("SKIPPED: all tests for %s: no %s (apt-get install qemu-user-static)\n", e.arch, qemu)
			continue
		}
		if here == nil {
			if here, err = goTest(runtime.GOARCH, "", packages...); err != nil {
				return err
			}
		}
		for _, p := range without() {
			fmt.Printf("SKIPPED: package %s for %s: 'make test' and 'make test-pi' run it\n", p, e.arch)
		}
		there, err := goTest(e.arch, e.line, packages...)
		if err != nil {
			return err
		}
		if lost := missing(here, there); len(lost) > 0 {
			return fmt.Errorf("%s: neither passed nor skipped by name: %s", e.arch, strings.Join(lost, ", "))
		}
	}
	return nil
}

// packagesWithout returns all packages but some.
func packagesWithout(some []string) ([]string, error) {
	out, err := exec.Command("go", "list", "./...").Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	return slices.DeleteFunc(strings.Fields(string(out)), func(p string) bool { return slices.Contains(some, p) }), nil
}

// goTest runs the tests of packages, and prints and returns the results.
func goTest(arch, emulator string, packages ...string) (results, error) {
	cmd := exec.Command("go", "test", "-json")
	if emulator == "" {
		// as 'make check' does: its results are in the cache of go test
		cmd.Args = append(cmd.Args, "-race", "-vet=off", "-short", "-parallel", "16", "-timeout", "30m")
	}
	// The real kernel needs amd64, and the browser runs on this machine only. 'make test' covers both.
	cmd.Env = append(os.Environ(), "HILLOCK_KERNEL=off", "HILLOCK_PI=off", "HILLOCK_CHROMIUM=off", "HILLOCK_BRIAN2=off", "CGO_ENABLED=1")
	if emulator != "" {
		cmd.Args = append(cmd.Args, "-short", "-vet=off", "-exec", emulator) // emulation is ten times slower; 'make check' vets
		// qemu needs static programs. go test runs only the test binary under qemu: the tests put it before
		// their programs.
		cmd.Env = append(cmd.Env, "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch, "GOARM=6", "HILLOCK_TEST_EXEC="+emulator)
	}
	cmd.Args = append(cmd.Args, packages...)
	cmd.Stderr = os.Stderr
	events, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	r, err := read(events, os.Stdout, io.Discard, nil)
	if err := errors.Join(err, cmd.Wait()); err != nil {
		return nil, fmt.Errorf("go test for %s: %w", arch, err)
	}
	fmt.Printf("%-6s %s", arch, r)
	return r, nil
}

// test is a test or subtest without subtests: a test with subtests leaves the work to them.
type test struct{ pkg, name string }

// results maps each test to its reason for a skip, or "" if it passed.
type results map[test]string

// within returns the number of passed tests in t, and t itself.
func (r results) within(t test) (n int) {
	for in, skipped := range r {
		if in.pkg == t.pkg && skipped == "" && (in == t || strings.HasPrefix(in.name, t.name+"/")) {
			n++
		}
	}
	return n
}

// event is an event of go test -json (go doc test2json).
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64 // s
	Key, Value                    string  // of an attribute
}

// read parses the events of go test -json, and calls see for each one if it is not nil. It prints the output of failed tests, and each
// package that passed with its time in s.
func read(events io.Reader, failed, passed io.Writer, see func(event)) (results, error) {
	r, said, parents := results{}, map[test]string{}, map[test]bool{}
	for d := json.NewDecoder(events); ; {
		var e event
		if err := d.Decode(&e); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		if see != nil {
			see(e)
		}
		t := test{e.Package, e.Test}
		switch e.Action {
		case "run":
			for up, ok := t.parent(); ok; up, ok = up.parent() {
				parents[up] = true
			}
		case "output":
			said[t] += e.Output
		case "build-output":
			io.WriteString(failed, e.Output)
		case "fail":
			io.WriteString(failed, said[t])
		case "pass":
			r[t] = ""
			if e.Test == "" {
				fmt.Fprintf(passed, "ok     %s (%.1f s)\n", e.Package, e.Elapsed)
			}
		case "skip":
			r[t] = reason(said[t])
		}
	}
	maps.DeleteFunc(r, func(t test, _ string) bool { return parents[t] || t.name == "" }) // no name: a package
	return r, nil
}

func (t test) parent() (up test, ok bool) {
	i := strings.LastIndexByte(t.name, '/')
	return test{t.pkg, t.name[:max(0, i)]}, i >= 0
}

func reason(said string) string {
	_, why, _ := strings.Cut(said, "SKIPPED: ")
	why, _, _ = strings.Cut(why, "\n")
	return cmp.Or(why, "no reason given")
}

// missing returns the tests with a pass here, but neither a pass nor a skip there. A skip of an enclosing test counts.
func missing(here, there results) (names []string) {
	for t, skipped := range here {
		_, found := there[t]
		for up, ok := t.parent(); ok && !found; up, ok = up.parent() {
			found = there[up] != ""
		}
		if skipped == "" && !found {
			names = append(names, t.pkg+" "+t.name)
		}
	}
	slices.Sort(names)
	return names
}

// String returns the numbers of passed and skipped tests, and the names of the skipped ones by reason.
func (r results) String() string {
	skipped, n := map[string][]string{}, 0
	for t, why := range r {
		if why != "" {
			skipped[why] = append(skipped[why], t.name)
			n++
		}
	}
	s := fmt.Sprintf("passed %d, skipped %d\n", len(r)-n, n)
	for _, why := range slices.Sorted(maps.Keys(skipped)) {
		slices.Sort(skipped[why])
		s += fmt.Sprintf("       skipped: %s (%s)\n", strings.Join(skipped[why], ", "), why)
	}
	return s
}
