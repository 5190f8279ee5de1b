package line_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"

	"hillock/hw/line"
	"hillock/hw/sim"
)

// An LED between 3V3 and the pin.
func Example() {
	pi := sim.New(nil)
	led, err := line.New("led", pi.Pin("GPIO17"), true) // on a Pi: gpioreg.ByName("GPIO17")
	if err != nil {
		panic(err)
	}
	fmt.Println(led.On(), pi.Pin("GPIO17").Level())
	if err := led.Set(true); err != nil {
		panic(err)
	}
	fmt.Println(led.On(), pi.Pin("GPIO17").Level())
	if err := led.Halt(); err != nil {
		panic(err)
	}
	fmt.Println(led.On(), pi.Pin("GPIO17").Level())
	// Output:
	// false High
	// true Low
	// false High
}

// pin records its calls, and fails on demand.
type pin struct {
	gpio.PinIO
	did  []string
	fail error
}

func (p *pin) Out(l gpio.Level) error {
	p.did = append(p.did, l.String())
	return p.fail
}
func (p *pin) Halt() error  { p.did = append(p.did, "halt"); return nil }
func (p *pin) Close()       { p.did = append(p.did, "close") }
func (p *pin) Name() string { return "GPIO17" }

func TestCallsOfThePin(t *testing.T) {
	busy := errors.New("device or resource busy")
	for _, tt := range []struct {
		name string
		do   func(*pin) *line.Line
		want []string
		on   bool
		err  string
	}{
		{"on and off", func(p *pin) *line.Line {
			l, _ := line.New("led", p, false)
			_ = l.Set(true)
			_ = l.Halt()
			return l
		}, []string{"Low", "High", "Low", "halt", "close"}, false, ""},
		{"inverted it ends high", func(p *pin) *line.Line {
			l, _ := line.New("led", p, true)
			_ = l.Set(true)
			_ = l.Halt()
			return l
		}, []string{"High", "Low", "High", "halt", "close"}, false, ""},
		{"refused: released, and not touched at the end", func(p *pin) *line.Line {
			p.fail = busy
			l, _ := line.New("led", p, false)
			_ = l.Halt()
			return l
		}, []string{"Low", "close"}, false, "led: GPIO17: device or resource busy"},
		{"refused, then free", func(p *pin) *line.Line {
			p.fail = busy
			l, _ := line.New("led", p, false)
			p.fail = nil
			_ = l.Set(true)
			return l
		}, []string{"Low", "close", "High"}, true, ""},
		{"left on: turned off at the end", func(p *pin) *line.Line {
			l, _ := line.New("led", p, false)
			_ = l.Set(true)
			p.fail = busy
			_ = l.Set(false)
			p.fail = nil
			_ = l.Halt()
			return l
		}, []string{"Low", "High", "Low", "close", "Low", "halt", "close"}, false, ""},
		{"halted: a later Set and a second Halt leave the pin alone", func(p *pin) *line.Line {
			l, _ := line.New("led", p, false)
			_ = l.Set(true)
			_ = l.Halt()
			if err := l.Set(true); !errors.Is(err, line.ErrHalted) {
				p.did = append(p.did, fmt.Sprint(err))
			}
			_ = l.Halt()
			return l
		}, []string{"Low", "High", "Low", "halt", "close"}, false, ""},
		{"halted, then continued: stays off", func(p *pin) *line.Line {
			l, _ := line.New("led", p, false)
			_ = l.Halt()
			l = l.Continue(false)
			_ = l.Set(true)
			return l
		}, []string{"Low", "Low", "halt", "close"}, false, ""},
		{"continued unchanged: not touched", func(p *pin) *line.Line {
			l, _ := line.New("led", p, false)
			_ = l.Set(true)
			return l.Continue(false)
		}, []string{"Low", "High"}, true, ""},
		{"continued, inverted: off stays off", func(p *pin) *line.Line {
			l, _ := line.New("led", p, false)
			return l.Continue(true)
		}, []string{"Low", "High"}, false, ""},
		{"continued, inverted, refused: left on, and turned off at the end", func(p *pin) *line.Line {
			l, _ := line.New("led", p, false)
			p.fail = busy
			l = l.Continue(true)
			p.fail = nil
			if !l.On() || l.Failed() != 1 {
				p.did = append(p.did, "want it on, one failure")
			}
			_ = l.Halt()
			return l
		}, []string{"Low", "High", "close", "High", "halt", "close"}, false, ""},
		{"continued, inverted, always refused: not touched", func(p *pin) *line.Line {
			p.fail = busy
			l, _ := line.New("led", p, false)
			return l.Continue(true)
		}, []string{"Low", "close"}, false, "led: GPIO17: device or resource busy"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &pin{PinIO: gpio.INVALID}
			l := tt.do(p)
			if diff := cmp.Diff(tt.want, p.did); diff != "" {
				t.Error(diff)
			}
			got := ""
			if err := l.Fault(); err != nil {
				got = err.Error()
			}
			if got != tt.err || l.On() != tt.on {
				t.Errorf("got on %v, fault %q; want %v, %q", l.On(), got, tt.on, tt.err)
			}
		})
	}
}
