package part

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/edge"
	"hillock/hw/wiring"
)

// Edge is an input of spikes on a pin: a button, or a jumper wire from the output of a neuron. A spike acts one tick after its edge.
type Edge struct {
	Pin    string // "GPIO22"
	Edge   string // "rising" or "falling": the start of a pulse
	Pull   string // "down", "up" or "off"
	Dead   time.Duration
	Width  bool   // the weights of the synapses are those of a pulse of 1 ms
	Level  string // "3.3 V", or "5 V" with a divider
	Jumper string // the output at the other end of the wire: "red" of this file, or "left/red" of the board left; "": a button
}

func edgeKind() config.Kind[config.InputPart] {
	return config.Kind[config.InputPart]{
		Name:   "edge",
		Keys:   slices.Concat(keys(config.Text, "pin", "edge", "pull", "dead", "from", "level"), keys(config.Bool, "width")),
		Decode: decodeEdge,
	}
}

func decodeEdge(t *config.Table) config.InputPart {
	e := Edge{Pin: t.Pin("pin", "GPIO22"), Edge: "rising", Pull: "down", Level: "3.3 V"}
	choose := func(key string, to *string, words ...string) {
		if t.Has(key) {
			*to = t.Choice(key, words...)
		}
	}
	choose("edge", &e.Edge, "rising", "falling")
	choose("level", &e.Level, "3.3 V", "5 V")
	switch {
	case e.Level == "5 V":
		e.Pull = "off" // the divider holds the pin
	case e.Edge == "falling":
		e.Pull = "up"
	}
	choose("pull", &e.Pull, "down", "up", "off")
	e.Dead = t.Time("dead", 2*time.Millisecond, 0, time.Minute, "")
	e.Width = t.Yes("width")
	e.Jumper = decodeJumper(t)
	if e.Level == "5 V" && e.Pull == "up" {
		t.Wrong("pull", config.Problem{Rule: `must be "down" or "off" for 5 V`, Hint: "the divider pulls the pin low"})
	}
	return e
}

// wiredOutput is the name of an output: of this file, or of another board.
var wiredOutput = regexp.MustCompile(`^([A-Za-z0-9_-]+/)?[A-Za-z0-9_-]+$`)

// decodeJumper decodes the other end of a jumper wire.
func decodeJumper(t *config.Table) string {
	const rule = `must be an output such as "red", or "left/red" on the board of left.toml`
	from, ok := t.Text("from", rule)
	if ok && !wiredOutput.MatchString(from) {
		t.Wrong("from", config.Problem{Rule: rule})
		return ""
	}
	return from
}

// String returns "edge on GPIO22".
func (e Edge) String() string { return "edge on " + e.Pin }

// Print implements config.Part.
func (e Edge) Print(p *config.Printer) {
	p.Text("pin", e.Pin)
	p.Text("edge", e.Edge)
	p.Text("pull", e.Pull)
	p.Time("dead", e.Dead)
	p.Yes("width", e.Width)
	p.Text("level", e.Level)
	if e.Jumper != "" {
		p.Text("from", e.Jumper)
	}
}

// Claims implements config.Part.
func (e Edge) Claims() []config.Claim { return []config.Claim{{Key: "pin", Pin: e.Pin}} }

// Range implements config.InputPart: spikes are no current.
func (Edge) Range() (low, high float64) { return 0, 0 }

// FromOutside implements config.SpikeInput.
func (Edge) FromOutside() bool { return true }

// Edges implements board.OnEdge.
func (e Edge) Edges() edge.Opts {
	pull := map[string]gpio.Pull{"down": gpio.PullDown, "up": gpio.PullUp, "off": gpio.Float}[e.Pull]
	return edge.Opts{Pin: e.Pin, Falling: e.Edge == "falling", Pull: pull, Dead: e.Dead, Width: e.Width}
}

// Wires implements wiring.Wired.
func (e Edge) Wires(k *wiring.Kit, uses []wiring.Use) {
	name := uses[0].Name
	table, use := "input."+name, "input "+name
	if !k.GPIO(table+".pin", e.Pin) {
		return
	}
	board, output, far := strings.Cut(e.Jumper, "/")
	rail := map[string]string{"down": wiring.Supply, "up": wiring.Ground}[e.Pull]
	switch {
	case far && e.Level == "5 V":
		k.From5V(e.Pin, board, output, use)
	case far:
		k.WithBoard(e.Pin, board, output, "spikes for "+use)
	case e.Level == "5 V":
		k.Refuse(config.Problem{Key: table + ".level", Rule: `must be "3.3 V" for a button or an output of this file`, Got: strconv.Quote(e.Level),
			Hint: `name another board in from, such as "left/red"`})
	case e.Jumper != "":
		k.FromOutput(table+".from", e.Pin, e.Jumper, "spikes for "+use)
	case rail == "":
		k.Refuse(config.Problem{Key: table + ".pull", Rule: `must be "down" or "up" for a button`, Got: strconv.Quote(e.Pull)})
	case rail == wiring.Supply && (e.Pin == "GPIO2" || e.Pin == "GPIO3"):
		k.Refuse(config.Problem{Key: table + ".pin", Rule: "must be a pin without a pull-up resistor on the Pi", Got: strconv.Quote(e.Pin),
			Hint: `use another pin, or set edge = "falling" for a button to GND`})
	default:
		k.Button(table+".pin", e.Pin, name, rail)
	}
}

// DeadTime implements config.Jumper.
func (e Edge) DeadTime() time.Duration { return e.Dead }

// Low implements config.Jumper.
func (e Edge) Low() bool { return e.Edge == "falling" }

// From implements board.Jumpered and config.Jumper.
func (e Edge) From() string { return e.Jumper }

// Handling implements board.Handled.
func (Edge) Handling(input string) board.Handling {
	return board.Handling{Both: "press the button " + input + " for a second"}
}

// Where returns the pin and the edge: "GPIO22, rising edge".
func (e Edge) Where() string { return fmt.Sprintf("%s, %s edge", e.Pin, e.Edge) }
