package part

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/pulse"
	"hillock/hw/wiring"
)

// Pulse is an LED, or another part on a pin, with a pulse at each spike.
type Pulse struct {
	Pin    string        // "GPIO17"
	Width  time.Duration // real time
	Every  int           // spikes per pulse
	Invert bool          // active low: the pin is high at rest
	Early  time.Duration // model time from the pulse to its spike; 0: the pulse comes with the spike
	Jumper string        // the other end of a wire from the pin: "lui/synapse1" is a pin of the board lui; "" for none
}

func pulseKind() config.Kind[config.Part] {
	return config.Kind[config.Part]{
		Name: "pulse",
		Keys: slices.Concat(keys(config.Text, "pin", "neuron", "width"), keys(config.Whole, "every"), keys(config.Bool, "invert"), keys(config.Text, "ahead", "to")),
		Decode: func(t *config.Table) config.Part {
			return Pulse{
				Pin:    t.Pin("pin", "GPIO17"),
				Width:  t.TickOrMore("width", 20*time.Millisecond, time.Minute),
				Every:  t.Whole("every", 1, 1, 1_000_000),
				Invert: t.Yes("invert"),
				Early:  t.Steps("ahead", 0, config.MaxAhead),
				Jumper: decodeBoard(t),
			}
		},
	}
}

// boardPin is the name of a pin of another board.
var boardPin = regexp.MustCompile(`^[A-Za-z0-9_-]+/[A-Za-z0-9_-]+$`)

// decodeBoard decodes the other end of a wire to another board.
func decodeBoard(t *config.Table) string {
	const rule = `must be a pin of another board, such as "right/left" for input left of right.toml`
	to, ok := t.Text("to", rule)
	if ok && !boardPin.MatchString(to) {
		t.Wrong("to", config.Problem{Rule: rule})
		return ""
	}
	return to
}

// Pulses implements config.Pulsed.
func (o Pulse) Pulses() config.Pulses {
	return config.Pulses{Width: o.Width, Every: o.Every, Low: o.Invert}
}

// Ahead implements config.Oracle.
func (o Pulse) Ahead() time.Duration { return o.Early }

// To returns the pin of another board at the other end of a wire: "lui/synapse1"; "" for none.
func (o Pulse) To() string { return o.Jumper }

// Print implements config.Part.
func (o Pulse) Print(p *config.Printer) {
	p.Text("pin", o.Pin)
	p.Neuron()
	p.Time("width", o.Width)
	p.Whole("every", o.Every)
	p.Yes("invert", o.Invert)
	if o.Early > 0 {
		p.Time("ahead", o.Early)
	}
	if o.Jumper != "" {
		p.Text("to", o.Jumper)
	}
}

// Claims implements config.Part.
func (o Pulse) Claims() []config.Claim { return []config.Claim{{Key: "pin", Pin: o.Pin}} }

const clicks = time.Millisecond // longest pulse for a piezo disc; no eye sees an LED that short

// Wires implements wiring.Wired.
func (o Pulse) Wires(k *wiring.Kit, uses []wiring.Use) {
	name, note := uses[0].Name, ""
	if o.Width > 0 && o.Width <= clicks {
		note = "or a piezo disc with 1 kOhm"
	}
	k.LED("output."+name+".pin", o.Pin, name, o.Invert, note)
	if board, pin, ok := strings.Cut(o.Jumper, "/"); ok {
		k.WithBoard(o.Pin, board, pin, "spikes of output "+name)
	}
}

// Pulse implements board.Blinking.
func (o Pulse) Pulse() (pin string, opts pulse.Opts) {
	return o.Pin, pulse.Opts{Width: o.Width, Every: o.Every, Invert: o.Invert}
}

// pulses is an open pin. It implements board.Pulsing.
type pulses struct{ *pulse.Pin }

// Close implements board.Output.
func (p pulses) Close() error { return p.Halt() }

// Open implements board.OutputPart. The pin is low at first.
func (o Pulse) Open(pi board.Pi, _ board.Shown) (board.Output, error) {
	p, err := pi.OpenPin(o.Pin)
	if err != nil {
		return nil, err
	}
	_, opts := o.Pulse()
	d, err := pulse.New(p, opts)
	if err != nil && !isBusy(err) {
		return nil, err
	}
	return pulses{d}, nil
}

// Succeeds implements board.Successor. A line of the kernel cannot be requested twice.
func (o Pulse) Succeeds(old config.Part) bool {
	other, ok := old.(Pulse)
	return ok && other.Pin == o.Pin
}

// TakeOver implements board.Successor. A pulse under way continues.
func (o Pulse) TakeOver(old board.Output) board.Output {
	_, opts := o.Pulse()
	return pulses{old.(pulses).Continue(opts)}
}

// Called implements doctor.Seen.
func (Pulse) Called() string { return "LED" }

// Dark implements doctor.Seen.
func (o Pulse) Dark() (means, do string) { return darkLED(doctor.Spot(o.Pin), o.Invert) }

// darkLED returns the cause and the remedy for a dark LED at a place.
func darkLED(place string, inverted bool) (means, do string) {
	means = "the LED is the wrong way round, or a wire is loose"
	if inverted {
		return means, "connect 3V3 to the long leg; the short leg, at the flat side, to the resistor; the resistor to " + place
	}
	return means, fmt.Sprintf("connect %s to the resistor; the resistor to the long leg; the short leg, at the flat side, to GND", place)
}

// Lamps returns the number of LEDs on the page.
func (Pulse) Lamps() int { return 1 }

// AtRest describes the pin at rest.
func (o Pulse) AtRest() string {
	if o.Invert {
		return o.Pin + " is high (inverted)"
	}
	return o.Pin + " is low"
}
