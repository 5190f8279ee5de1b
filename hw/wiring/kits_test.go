package wiring_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"hillock/config"
	"hillock/hw/part"
	"hillock/hw/wiring"
)

// kits returns the netlists for the tests of the drawing: the shipped configurations, a kit with every part, a kit for each chip,
// the largest and the smallest kit, and random kits.
func kits(t *testing.T) map[string]*wiring.Netlist {
	t.Helper()
	all := map[string]*wiring.Netlist{"default": built(t, config.Default(part.Kinds())), "every part": built(t, everyPart()), "nothing": built(t, &config.Config{})}
	maps.Copy(all, shapes(t))
	maps.Copy(all, converters(t))
	maps.Copy(all, boards(t))
	examples, err := filepath.Glob("../../deploy/examples/*.toml")
	if err != nil || len(examples) < 2 {
		t.Fatalf("got %v and %v, want two examples or more", examples, err)
	}
	for _, file := range examples {
		cfg, err := config.Load(file, nil, part.Kinds())
		if err != nil {
			t.Fatal(err)
		}
		all[file] = built(t, cfg)
	}
	for _, driver := range drivers() {
		cfg := &config.Config{}
		for channel := range channels(driver) {
			cfg.Inputs = append(cfg.Inputs, knob(fmt.Sprint("k", channel), driver, "SPI1.2", channel))
		}
		all["all of "+driver] = built(t, cfg)
		all["one of "+driver] = built(t, &config.Config{Inputs: cfg.Inputs[len(cfg.Inputs)-1:]})
	}
	for address := 0x48; address <= 0x4b; address++ {
		cfg := &config.Config{}
		for channel := range 4 {
			cfg.Inputs = append(cfg.Inputs, fine(fmt.Sprint("k", channel), address, channel))
		}
		all[fmt.Sprintf("ads1115 at %#x", address)] = built(t, cfg)
	}
	for name, size := range map[string][4]int{"2 chips, 4 knobs, 6 LEDs": {2, 2, 6}, "most": {5, 8, 9}, "LEDs": {0, 0, 12}, "one LED": {0, 0, 1}} {
		all[name] = built(t, madeKit(size[0], size[1], size[2], 0, rand.New(rand.NewPCG(1, 2))))
	}
	for seed := range uint64(342) {
		if crowded := seed == 244 || seed == 341; seed >= 30 && !crowded { // too many parallel wires for a page
			continue
		}
		r := rand.New(rand.NewPCG(3, seed))
		all[fmt.Sprint("chance ", seed)] = built(t, madeKit(r.IntN(6), 1+r.IntN(8), r.IntN(9), r.IntN(7), r))
	}
	return all
}

// drivers returns the chips on SPI.
func drivers() []string {
	return []string{"mcp3001", "mcp3201", "mcp3301", "mcp3002", "mcp3202", "mcp3004", "mcp3204", "mcp3302", "mcp3008", "mcp3208", "mcp3304"}
}

// channels returns the number of channels of a chip.
func channels(driver string) int { return int(driver[6] - '0') }

// everyPart returns a kit with one part of each kind.
func everyPart() *config.Config {
	return &config.Config{
		File:   "every-part.toml",
		Inputs: []config.Input{knob("knob", "mcp3008", "SPI0.0", 0), capacitor("plain", "GPIO4"), fine("fine", 0x48, 1)},
		Outputs: []config.Output{
			strip("blinkt", "GPIO23", "GPIO24"), led("led", "GPIO17"),
			row("row", "GPIO5 GPIO6 GPIO13 GPIO19 GPIO26 GPIO12 GPIO16 GPIO20"),
			display("scope", 0x3c), {Name: "sink", Driver: "pulse", Part: part.Pulse{Pin: "GPIO27", Invert: true}},
		},
	}
}

// madeKit returns a configuration with given numbers of chips, of knobs on each chip, of LEDs and of kinds of other parts. Channels
// and pins are random.
func madeKit(chips, knobs, leds, others int, r *rand.Rand) *config.Config {
	cfg := &config.Config{File: "a-configuration-with-a-name-of-some-length.toml"}
	taken := map[string]bool{"GPIO2": true, "GPIO3": true}
	text := func(letter string) string { return strings.Repeat(letter, 1+r.IntN(32)) }
	for _, port := range []string{"SPI0.0", "SPI1.2", "SPI0.1", "SPI1.0", "SPI1.1"}[:chips] {
		for _, pin := range config.PortPins(port) {
			taken[pin] = true
		}
		drivers := []string{"mcp3008", "mcp3208", "mcp3304"}
		if knobs <= 4 {
			drivers = append(drivers, "mcp3004", "mcp3302")
		}
		if knobs <= 2 {
			drivers = append(drivers, "mcp3002", "mcp3202", "mcp3001")
		}
		driver := drivers[r.IntN(len(drivers))]
		for _, channel := range r.Perm(channels(driver))[:min(knobs, channels(driver))] {
			cfg.Inputs = append(cfg.Inputs, knob(text("n"), driver, port, channel))
		}
	}
	var pins []string
	for _, pin := range r.Perm(28) {
		if pin := fmt.Sprint("GPIO", pin); !taken[pin] {
			pins = append(pins, pin)
		}
	}
	take := func() string {
		pin := pins[0]
		pins = pins[1:]
		return pin
	}
	for _, kind := range r.Perm(6)[:others] {
		switch kind {
		case 0, 1:
			cfg.Inputs = append(cfg.Inputs, fine(text("f"), 0x48+2*kind+r.IntN(2), r.IntN(4)), fine(text("f"), 0x48+3*kind, 3))
		case 2:
			cfg.Inputs = append(cfg.Inputs, capacitor(text("c"), take()))
		case 3:
			cfg.Outputs = append(cfg.Outputs, display(text("d"), 0x3c), display(text("d"), 0x3d))
		default:
			cfg.Outputs = append(cfg.Outputs, strip(text("S"), take(), take()))
		}
	}
	for range min(leds, len(pins)) {
		out := led(text("W"), take())
		lit := out.Part.(part.Pulse)
		lit.Invert = r.IntN(3) == 0
		out.Part = lit
		cfg.Outputs = append(cfg.Outputs, out)
	}
	return cfg
}

func TestNothingCrossesAText(t *testing.T)    { wiring.NothingCrossesAText(t, allKits(t)) }
func TestTextsCanBeRead(t *testing.T)         { wiring.TextsCanBeRead(t, allKits(t)) }
func TestNoWireCrossesAPart(t *testing.T)     { wiring.NoWireCrossesAPart(t, allKits(t)) }
func TestWiresReachAllTheirEnds(t *testing.T) { wiring.WiresReachAllTheirEnds(t, allKits(t)) }

// allKits returns the kits of a test that compares all parts of a drawing.
func allKits(t *testing.T) map[string]*wiring.Netlist {
	t.Helper()
	if testing.Short() {
		t.Skip("SKIPPED: -short: the golden drawings hold the same geometry for each processor")
	}
	return kits(t)
}

func TestNoWireLiesOnAnother(t *testing.T) {
	all := allKits(t)
	for channels := 1; channels < 1<<8; channels++ { // each set of knobs on a chip
		cfg := &config.Config{}
		for c := range 8 {
			if channels>>c&1 == 1 {
				cfg.Inputs = append(cfg.Inputs, knob(fmt.Sprint("k", c), "mcp3008", "SPI0.0", c))
			}
		}
		all[fmt.Sprintf("channels %08b", channels)] = built(t, cfg)
	}
	wiring.NoWireLiesOnAnother(t, all)
}

// Grey pins of the header stay free.
func TestNoWireIsGrey(t *testing.T) {
	for name, n := range kits(t) {
		for _, w := range n.Wires {
			if c := w.Color; c != (wiring.Color{}) && c.Name != "black" && max(c.R, c.G, c.B)-min(c.R, c.G, c.B) < 32 {
				t.Errorf("%s: got a wire from %v to %v in %s, want no grey", name, w.From, w.To, c.Name)
			}
		}
	}
}

func TestHeaderIsNumberedAsOnThePi(t *testing.T) {
	wiring.HeaderIsNumberedAsOnThePi(t, built(t, config.Default(part.Kinds())).Pages()[0])
}

func TestFiles(t *testing.T) {
	cfg := config.Default(part.Kinds())
	wiring.Files(t, built(t, cfg).Pages()[0], built(t, cfg).Pages()[0])
}
