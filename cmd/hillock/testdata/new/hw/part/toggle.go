package part

import (
	"time"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/line"
	"hillock/hw/wiring"
)

// Toggle is an LED that changes at each spike: on, off, on.
type Toggle struct {
	Pin string // "GPIO17"
}

func toggleKind() config.Kind[config.Part] {
	return config.Kind[config.Part]{
		Name:   "toggle",
		Keys:   keys(config.Text, "pin", "neuron"),
		Decode: func(t *config.Table) config.Part { return Toggle{Pin: t.Pin("pin", "GPIO17")} },
	}
}

// Print implements config.Part.
func (o Toggle) Print(p *config.Printer) {
	p.Text("pin", o.Pin)
	p.Neuron()
}

// Claims implements config.Part: no other part may have the pin.
func (o Toggle) Claims() []config.Claim { return []config.Claim{{Key: "pin", Pin: o.Pin}} }

// Wires implements wiring.Wired.
func (o Toggle) Wires(k *wiring.Kit, uses []wiring.Use) {
	k.LED("output."+uses[0].Name+": pin", o.Pin, uses[0].Name, false, "")
}

// Open implements board.OutputPart.
func (o Toggle) Open(pi board.Pi, _ board.Shown) (board.Output, error) {
	p, err := pi.OpenPin(o.Pin)
	if err != nil {
		return nil, err
	}
	l, err := line.New("toggle", p, false)
	if err != nil {
		return nil, err
	}
	return toggled{l}, nil
}

// toggled is an open pin. The loop calls Tick and Spike: they must not wait.
type toggled struct{ *line.Line }

// Tick implements board.Output.
func (toggled) Tick(time.Duration) {}

// Spike implements board.Output.
func (t toggled) Spike(int64, time.Duration) {
	_ = t.Set(!t.On()) // kept as Fault
}

// Close implements board.Output: the pin ends low.
func (t toggled) Close() error { return t.Halt() }

// Called implements doctor.Seen.
func (Toggle) Called() string { return "LED" }

// Dark implements doctor.Seen.
func (o Toggle) Dark() (means, do string) { return darkLED(doctor.Spot(o.Pin), false) }
