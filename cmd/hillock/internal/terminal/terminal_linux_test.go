package terminal

import (
	"os"
	"testing"

	"github.com/charmbracelet/colorprofile"

	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/terminal/terminaltest"
)

// newTerminal returns a pseudo-terminal.
func newTerminal(t *testing.T) *os.File {
	t.Helper()
	end, terminal, err := terminaltest.Open()
	if err != nil {
		t.Skip("no pseudo-terminals: ", err)
	}
	t.Cleanup(func() { end.Close() })
	t.Cleanup(func() { terminal.Close() })
	return terminal
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
