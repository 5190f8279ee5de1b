//go:build unix

package outfile_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"hillock/cmd/hillock/internal/outfile"
)

func text(w io.Writer) error {
	_, err := io.WriteString(w, "new\n")
	return err
}

func TestCheckAndWriteAgreeOnOddFiles(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	l, err := net.Listen("unix", in("socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := errors.Join(os.Symlink("nowhere", in("dangling")), os.Symlink("loop", in("loop")), syscall.Mkfifo(in("pipe"), 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, check, write string }{
		{in("dangling"), in("dangling") + " is a link to the missing file nowhere: create that file or remove the link", ""},
		{in("loop"), "stat " + in("loop") + ": too many levels of symbolic links", ""},
		{in("socket"), in("socket") + " is a socket, want a file's name", ""},
		{dir, dir + " is a directory, want a file's name", ""},
		{in("pipe"), "<nil>", in("pipe") + ": nothing reads this pipe: start its reader first"},
		{in("none/new"), "cannot write in " + in("none") + ": no such file or directory", in("none/new") + ": no such file or directory"},
		{"/dev/null", "<nil>", "<nil>"},
		{"-", "<nil>", "<nil>"},
	} {
		if tt.write == "" {
			tt.write = tt.check
		}
		if got := fmt.Sprint(outfile.Check(tt.name)); got != tt.check {
			t.Errorf("check %s: got %s, want %s", tt.name, got, tt.check)
		}
		if got := fmt.Sprint(outfile.Write(tt.name, io.Discard, text)); got != tt.write {
			t.Errorf("write %s: got %s, want %s", tt.name, got, tt.write)
		}
	}
	if to, err := os.Readlink(in("dangling")); err != nil || to != "nowhere" {
		t.Errorf("got %q, %v; want the dangling link as it was", to, err)
	}
}

func TestSameKnowsAFileInAnySpelling(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(os.Mkdir(in("sub"), 0o700), os.Symlink("sub", in("link")), os.WriteFile(in("old"), nil, 0o600), os.Symlink("old", in("other")),
		os.Link(in("old"), in("hard"))); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"new", "./new", true},
		{in("new"), dir + "/sub/../new", true},
		{in("sub/new"), in("link/new"), true},
		{in("old"), in("other"), true},
		{in("old"), in("hard"), true},
		{in("new"), in("newer"), false},
		{in("new"), in("sub/new"), false},
		{in("none/new"), in("sub/new"), false},
		{"-", "-", true},
		{"-", "./-", false},
		{"", "", false},
	} {
		if got := outfile.Same(tt.a, tt.b); got != tt.want {
			t.Errorf("%q and %q: got %t, want %t", tt.a, tt.b, got, tt.want)
		}
	}
}

// hung reports whether the last writer of a pipe has closed it.
func hung(t *testing.T, f *os.File) bool {
	t.Helper()
	fds := []unix.PollFd{{Fd: int32(f.Fd())}}
	if _, err := unix.Poll(fds, 0); err != nil {
		t.Fatal(err)
	}
	return fds[0].Revents&unix.POLLHUP != 0
}

func TestHoldRefusesAPipeWithoutAReader(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	want := pipe + ": nothing reads this pipe: start its reader first"
	if _, err := outfile.Hold(pipe); fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
	reader, err := os.OpenFile(pipe, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	release, err := outfile.Hold(pipe)
	if err != nil {
		t.Fatal(err)
	}
	if hung(t, reader) {
		t.Error("got a hang-up on the held pipe, want none")
	}
	if err := outfile.Write(pipe, nil, text); err != nil {
		t.Fatal(err)
	}
	release()
	if got, err := io.ReadAll(reader); err != nil || string(got) != "new\n" {
		t.Errorf("got %q, %v; want the text and then the end", got, err)
	}
	for _, name := range []string{"", "-", filepath.Join(t.TempDir(), "new")} {
		release, err := outfile.Hold(name)
		if err != nil {
			t.Fatalf("%q: got %v, want nothing to hold", name, err)
		}
		release()
	}
}

func TestCheckKeepsThePipesReaderWaiting(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	reader, err := os.OpenFile(pipe, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := outfile.Check(pipe); err != nil {
		t.Fatal(err)
	}
	// A poll is silent before the first writer. After the last one has closed, POLLHUP ends the reader.
	if hung(t, reader) {
		t.Error("got a hang-up on the pipe after the check, want none")
	}
	if err := outfile.Write(pipe, nil, text); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(reader); err != nil || string(got) != "new\n" {
		t.Errorf("got %q, %v; want the text and then the end", got, err)
	}
}
