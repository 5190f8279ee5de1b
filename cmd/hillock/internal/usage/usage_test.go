package usage

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"hillock/cmd/hillock/internal/signals"
	"hillock/config"
)

func TestStatus(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want int
	}{
		"none":          {nil, 0},
		"other":         {errors.New("no chip answers"), 1},
		"usage":         {fmt.Errorf("run: %w", Errorf("--hw: must be auto, got %q", "x")), 2},
		"configuration": {errors.Join(config.Problems{{Key: "loop.tick"}}), 2},
		"second signal": {errors.Join(Errorf("--hw"), signals.Second{Signal: syscall.SIGTERM}), 143},
	} {
		if got := Status(c.err); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}

func TestErrorKeepsItsCause(t *testing.T) {
	err := Errorf("--csv: %w", fs.ErrPermission)
	if got, want := err.Error(), "--csv: permission denied"; got != want || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %q, want %q and its cause", got, want)
	}
}
