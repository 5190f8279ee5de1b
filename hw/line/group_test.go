package line_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"

	"hillock/hw/line"
)

// chip is a chip with two lines. It records the calls.
type chip struct {
	did    []string
	fail   error // of a set
	apart  bool  // its lines cannot be requested together
	refuse string
}

func (c *chip) lines() []gpio.PinOut {
	return []gpio.PinOut{&chipLine{c: c, name: "GPIO24"}, &chipLine{c: c, name: "GPIO23"}}
}

func (c *chip) do(format string, args ...any) { c.did = append(c.did, fmt.Sprintf(format, args...)) }

// Out implements line.Outputs.
func (c *chip) Out(levels, mask gpio.GPIOValue) error {
	c.do("set %02b of %02b", levels, mask)
	return c.fail
}

// Close implements line.Outputs.
func (c *chip) Close() error {
	c.do("close")
	return nil
}

type chipLine struct {
	gpio.PinOut
	c    *chip
	name string
}

func (l *chipLine) Together(pins []gpio.PinOut) line.Outputs {
	if l.c.apart || l.c.refuse != "" {
		return nil
	}
	l.c.do("request %d", len(pins))
	return l.c
}

func (l *chipLine) Out(level gpio.Level) error {
	l.c.do("%s %s", l.name, level)
	if l.c.refuse == l.name {
		return errors.New("device or resource busy")
	}
	return nil
}
func (l *chipLine) Halt() error  { return nil }
func (l *chipLine) Close()       { l.c.do("close %s", l.name) }
func (l *chipLine) Name() string { return l.name }

func TestGroupSetsItsPinsTogether(t *testing.T) {
	for _, tt := range []struct {
		name string
		chip chip
		do   func(*chip, *line.Group) error
		want string
		err  string
	}{
		{"together", chip{}, func(*chip, *line.Group) error { return nil },
			"request 2, set 00 of 11, set 10 of 11, set 00 of 11, close", "<nil>"},
		{"one by one", chip{apart: true}, func(*chip, *line.Group) error { return nil },
			"GPIO24 Low, GPIO23 Low, GPIO24 Low, GPIO23 Low, GPIO24 Low, GPIO23 High, GPIO24 Low, GPIO23 Low, close GPIO24, close GPIO23", "<nil>"},
		{"refused: the error names the pin, and the end touches nothing", chip{refuse: "GPIO23"}, func(c *chip, g *line.Group) error { return g.Set(1, 1) },
			"GPIO24 Low, GPIO23 Low, close GPIO24, close GPIO23, " + // NewGroup
				"GPIO24 Low, GPIO23 Low, close GPIO24, close GPIO23, GPIO24 Low, GPIO23 Low, close GPIO24, close GPIO23", "led: GPIO23: device or resource busy"},
		{"refused, then free", chip{refuse: "GPIO23"}, func(c *chip, g *line.Group) error { c.refuse = ""; return nil },
			"GPIO24 Low, GPIO23 Low, close GPIO24, close GPIO23, request 2, set 10 of 11, set 00 of 11, close", "<nil>"},
		{"a failed set: requested again", chip{}, func(c *chip, g *line.Group) error {
			c.fail = errors.New("GPIO24, GPIO23: input/output error")
			err := g.Set(1, 1)
			c.fail = nil
			return err
		}, "request 2, set 00 of 11, set 01 of 01, close, request 2, set 10 of 11, set 00 of 11, close", "led: GPIO24, GPIO23: input/output error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &tt.chip
			g, _ := line.NewGroup("led", c.lines()...)
			err := tt.do(c, g)
			_ = g.Set(2, 3)
			for range 2 {
				if err := g.Halt(); err != nil {
					t.Error(err)
				}
			}
			if diff := cmp.Diff(tt.want, strings.Join(c.did, ", ")); diff != "" {
				t.Error(diff)
			}
			if got := fmt.Sprint(err); got != tt.err {
				t.Errorf("got %s, want %s", got, tt.err)
			}
			if err := g.Set(1, 1); !errors.Is(err, line.ErrHalted) {
				t.Errorf("after Halt: got %v, want %v", err, line.ErrHalted)
			}
			if got := g.String(); got != "GPIO24, GPIO23" {
				t.Errorf("got %s", got)
			}
		})
	}
}
