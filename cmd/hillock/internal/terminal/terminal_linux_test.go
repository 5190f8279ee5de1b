package terminal

import (
	"fmt"
	"os"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"golang.org/x/sys/unix"

	"hillock/cmd/hillock/internal/readable"
)

// newTerminal returns a pseudo-terminal.
func newTerminal(t *testing.T) *os.File {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no pseudo-terminals: ", err)
	}
	t.Cleanup(func() { master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slave.Close() })
	return slave
}

func TestNoColorKeepsTheScope(t *testing.T) {
	terminal := newTerminal(t)
	for _, tt := range []struct {
		term, noColor string
		draws         bool
		colors        colorprofile.Profile
	}{
		{"xterm-256color", "", true, colorprofile.ANSI256},
		{"xterm-256color", "1", true, colorprofile.ASCII},
		{"xterm-256color", "yes", true, colorprofile.ASCII},
		{"vt100", "", true, colorprofile.ANSI},
		{"dumb", "", false, colorprofile.NoTTY},
		{"dumb", "1", false, colorprofile.NoTTY},
		{"", "", false, colorprofile.NoTTY},
	} {
		for name, value := range map[string]string{"TERM": tt.term, "NO_COLOR": tt.noColor, "COLORTERM": "", "TMUX": ""} {
			t.Setenv(name, value)
		}
		if got := CanDraw(terminal, terminal); got != tt.draws {
			t.Errorf("TERM=%s NO_COLOR=%s: got a scope %t, want %t", tt.term, tt.noColor, got, tt.draws)
		}
		if got := readable.Colors(terminal); got != tt.colors {
			t.Errorf("TERM=%s NO_COLOR=%s: got %v, want %v", tt.term, tt.noColor, got, tt.colors)
		}
	}
}
