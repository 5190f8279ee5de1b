package usage

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"hillock/cmd/hillock/internal/signals"
	"hillock/config"
	"hillock/hw/board"
	"hillock/neuron/wave"
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
		"absent":        {fmt.Errorf("input knob: %w", board.Absent{Err: errors.New("this Pi has no /dev/spidev0.0")}), 3},
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

func TestTextBeginsWithThePlaceOrTheProgram(t *testing.T) {
	placed := config.Problem{File: "my.toml", Line: 2, Column: 1, Key: "loop.dt", Rule: "must be given"}
	set := config.Problem{Set: "loop.tick", Key: "loop.tick", Rule: "must be between 50 us and 1 s", Got: `"10h"`}
	row := &wave.RowError{Name: "r.csv", Line: 3, Column: 1, Err: errors.New("must have two values")}
	for _, c := range []struct {
		err  error
		want string
	}{
		{Error{config.Problems{placed, placed, set}}, "my.toml:2:1: loop.dt: must be given\nmy.toml:2:1: loop.dt: must be given\n" +
			`hillock: --set loop.tick: must be between 50 us and 1 s, got "10h"`},
		{placed, "my.toml:2:1: loop.dt: must be given"},
		{Error{row}, "r.csv:3:1: must have two values"},
		{fmt.Errorf("--input: %w", row), "hillock: --input: r.csv:3:1: must have two values"},
		{Errorf("--current: %w", config.Problem{Rule: "must be a current"}), "hillock: --current: must be a current"},
		{fs.ErrPermission, "hillock: permission denied"},
	} {
		if got := Text(c.err); got != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
}
