package wiring_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
	"hillock/hw/part"
	"hillock/hw/wiring"
)

// spikes returns a spike input on a pin.
func spikes(name, pin, from, level string) config.Input {
	pull := "down"
	if level == "5 V" {
		pull = "off"
	}
	return config.Input{Name: name, Driver: "edge", Part: part.Edge{Pin: pin, Edge: "rising", Pull: pull, Level: level, Jumper: from}}
}

// axon returns an LED on a pin with a wire to another board.
func axon(name, pin, to string) config.Output {
	return config.Output{Name: name, Driver: "pulse", Part: part.Pulse{Pin: pin, Jumper: to}}
}

// boards returns kits with jumper wires, from one wire to random ones.
func boards(t *testing.T) map[string]*wiring.Netlist {
	t.Helper()
	all := map[string]*wiring.Netlist{
		"a jumper wire": built(t, &config.Config{Inputs: []config.Input{spikes("jump", "GPIO27", "red", "3.3 V")}, Outputs: []config.Output{led("red", "GPIO17")}}),
		"three boards": built(t, &config.Config{
			Inputs: []config.Input{spikes("touch", "GPIO22", "", "3.3 V"), spikes("jump", "GPIO27", "red", "3.3 V"), spikes("l1", "GPIO5", "left/red", "3.3 V"),
				spikes("l2", "GPIO6", "left/green", "3.3 V"), spikes("loud", "GPIO13", "spikeling/axon", "5 V"), spikes("loud2", "GPIO19", "spikeling/stimulator", "5 V")},
			Outputs: []config.Output{axon("red", "GPIO17", "left/in"), axon("green", "GPIO24", "lui/synapse")},
		}),
	}
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(5, seed))
		cfg := &config.Config{}
		pins := r.Perm(24)
		take := func() string {
			pin := pins[0]
			pins = pins[1:]
			return fmt.Sprint("GPIO", pin+4)
		}
		text := func(letter string) string { return strings.Repeat(letter, 1+r.IntN(20)) }
		names := []string{text("a"), text("b"), text("c")}
		outputs := []string{text("o"), text("p") + "2"}
		for i := range 1 + r.IntN(7) {
			far, level := "", "3.3 V"
			switch r.IntN(4) {
			case 0:
				far = outputs[r.IntN(2)]
			case 1:
				far = names[r.IntN(3)] + "/" + text("W")
			case 2:
				far, level = names[r.IntN(3)]+"/"+text("W")+"x", "5 V"
			}
			cfg.Inputs = append(cfg.Inputs, spikes(fmt.Sprint(text("W"), i), take(), far, level))
		}
		for _, name := range outputs {
			to := ""
			if r.IntN(2) == 0 {
				to = names[r.IntN(3)] + "/" + text("M")
			}
			cfg.Outputs = append(cfg.Outputs, axon(name, take(), to))
		}
		all[fmt.Sprint("boards ", seed)] = built(t, cfg)
	}
	return all
}

func TestBoards(t *testing.T) {
	var got []string
	for _, row := range boards(t)["three boards"].Rows() {
		if !strings.HasSuffix(row[0], "rail") {
			got = append(got, strings.Join(row, "|"))
		}
	}
	want := []string{
		"S1 button, input touch|one side|GPIO22|15|orange|",
		"S1 button, input touch|other side|3V3 rail||red|",
		"R1 resistor 330 Ohm, output red|one end|GPIO17|11|green|",
		"R1 resistor 330 Ohm, output red|one end|GPIO27|13|violet|spikes for input jump",
		"D1 LED, output red|anode, long leg|R1, other end|||in the resistor's row",
		"D1 LED, output red|cathode, short leg|GND rail||black|flat side of the rim",
		"R2 resistor 330 Ohm, output green|one end|GPIO24|18|blue|",
		"D2 LED, output green|anode, long leg|R2, other end|||in the resistor's row",
		"D2 LED, output green|cathode, short leg|GND rail||black|flat side of the rim",
		"B1 board spikeling|GND|GND rail||black|no spike arrives without a common ground",
		"R3 resistor 10 kOhm, input loud|one end|B1, axon||yellow|",
		"R3 resistor 10 kOhm, input loud|other end|GPIO13|33|light blue|5 V becomes 3.3 V",
		"R4 resistor 20 kOhm, input loud|one end|R3, other end|||in its row",
		"R4 resistor 20 kOhm, input loud|other end|GND rail||black|",
		"R5 resistor 10 kOhm, input loud2|one end|B1, stimulator||brown|",
		"R5 resistor 10 kOhm, input loud2|other end|GPIO19|35|orange|5 V becomes 3.3 V",
		"R6 resistor 20 kOhm, input loud2|one end|R5, other end|||in its row",
		"R6 resistor 20 kOhm, input loud2|other end|GND rail||black|",
		"B2 board left|GND|GND rail||black|no spike arrives without a common ground",
		"B2 board left|red|GPIO5|29|green|spikes for input l1",
		"B2 board left|green|GPIO6|31|blue|spikes for input l2",
		"B2 board left|in|GPIO17|11|green|spikes of output red, from the row of R1",
		"B3 board lui|GND|GND rail||black|no spike arrives without a common ground",
		"B3 board lui|synapse|GPIO24|18|blue|spikes of output green, from the row of R2",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRefusedJumperWires(t *testing.T) {
	for _, tt := range []struct {
		input  config.Input
		output config.Output
		want   string
	}{
		{spikes("a", "GPIO22", "rod", "3.3 V"), led("red", "GPIO17"), `input.a.from: must be an output on one pin, got "rod"`},
		{spikes("a", "GPIO22", "row", "3.3 V"), row("row", "GPIO5 GPIO6"), `input.a.from: must be an output on one pin, got "row"`},
		{spikes("a", "GPIO22", "red", "5 V"), led("red", "GPIO17"),
			`input.a.level: must be "3.3 V" for a button or an output of this file, got "5 V": name another board in from, such as "left/red"`},
		{spikes("a", "GPIO22", "", "5 V"), led("red", "GPIO17"),
			`input.a.level: must be "3.3 V" for a button or an output of this file, got "5 V": name another board in from, such as "left/red"`},
		{config.Input{Name: "a", Part: part.Edge{Pin: "GPIO22", Pull: "off"}}, led("red", "GPIO17"), `input.a.pull: must be "down" or "up" for a button, got "off"`},
		{spikes("a", "GPIO2", "", "3.3 V"), led("red", "GPIO17"),
			`input.a.pin: must be a pin without a pull-up resistor on the Pi, got "GPIO2": use another pin, or set edge = "falling" for a button to GND`},
		{spikes("a", "GPIO40", "left/red", "3.3 V"), led("red", "GPIO17"), `input.a.pin: must be on the header, GPIO0 to GPIO27, got "GPIO40"`},
	} {
		_, err := wiring.New(&config.Config{Inputs: []config.Input{tt.input}, Outputs: []config.Output{tt.output}})
		if err == nil || err.Error() != tt.want {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}
