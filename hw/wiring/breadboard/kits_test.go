package breadboard_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"hillock/config"
	"hillock/hw/part"
)

// randomKit returns a valid configuration with random parts on random pins.
func randomKit(t *testing.T, seed uint64) *config.Config {
	t.Helper()
	r := rand.New(rand.NewPCG(9, seed))
	var b strings.Builder
	taken := map[string]bool{"GPIO2": true, "GPIO3": true}
	var inputs []string
	input := func(format string, args ...any) {
		name := fmt.Sprintf("k%d", len(inputs))
		inputs = append(inputs, `"`+name+`"`)
		fmt.Fprintf(&b, "[input.%s]\n"+format, append([]any{name}, args...)...)
	}
	chips := []string{"mcp3008", "mcp3208", "mcp3304", "mcp3004", "mcp3302", "mcp3002", "mcp3202", "mcp3001", "mcp3201"}
	for _, port := range []string{"SPI0.0", "SPI0.1", "SPI1.0", "SPI1.1"}[:r.IntN(5)] {
		for _, pin := range config.PortPins(port) {
			taken[pin] = true
		}
		driver := chips[r.IntN(len(chips))]
		channels := int(driver[6] - '0')
		for _, channel := range r.Perm(channels)[:1+r.IntN(channels)] {
			if input("driver = %q\nport = %q\n", driver, port); channels > 1 {
				fmt.Fprintf(&b, "channel = %d\n", channel)
			}
		}
	}
	for address := 0x48; address < 0x4c; address++ {
		if r.IntN(6) == 0 {
			for channel := range 1 + r.IntN(4) {
				input("driver = \"ads1115\"\naddress = %d\nchannel = %d\n", address, channel)
			}
		}
	}
	var pins []string
	for _, n := range r.Perm(28) {
		if pin := fmt.Sprint("GPIO", n); !taken[pin] {
			pins = append(pins, pin)
		}
	}
	take := func() (pin string, ok bool) {
		if len(pins) == 0 {
			return "", false
		}
		pin, pins = pins[0], pins[1:]
		return pin, true
	}
	leds, outputs := 12, 0 // at 3.9 mA, below 50 mA
	for i := range 3 {
		if i > 0 && r.IntN(2) == 0 || i == 0 && len(inputs) > 0 { // each kit has an input
			continue
		}
		if pin, ok := take(); ok {
			leds -= 3 // 10 mA
			input("driver = \"rc\"\npin = %q\n", pin)
		}
	}
	fmt.Fprintf(&b, "[neuron.n1]\ninput = [%s]\n", strings.Join(inputs, ", "))
	output := func(format string, args ...any) {
		fmt.Fprintf(&b, "[output.o%d]\nneuron = \"n1\"\n"+format, append([]any{outputs}, args...)...)
		outputs++
	}
	for range r.IntN(8) {
		if pin, ok := take(); ok && leds > 0 {
			leds--
			output("driver = \"pulse\"\npin = %q\ninvert = %t\n", pin, r.IntN(3) == 0)
		}
	}
	if r.IntN(3) == 0 {
		var row []string
		for range 1 + r.IntN(6) {
			if pin, ok := take(); ok && leds > 0 {
				leds--
				row = append(row, `"`+pin+`"`)
			}
		}
		if row != nil {
			output("driver = \"bar\"\npins = [%s]\n", strings.Join(row, ", "))
		}
	}
	for address := 0x3c; address < 0x3e; address++ {
		if r.IntN(4) == 0 {
			output("driver = \"oled\"\naddress = %d\n", address)
		}
	}
	for range r.IntN(3) {
		if r.IntN(2) == 0 {
			data, _ := take()
			if clock, ok := take(); ok {
				output("driver = \"apa102\"\ndata = %q\nclock = %q\nleds = %d\n", data, clock, 1+r.IntN(16))
			}
		}
	}
	cfg, err := config.Parse("random.toml", []byte(b.String()), nil, part.Kinds())
	if err != nil {
		t.Fatalf("seed %d: %v\n%s", seed, err, b.String())
	}
	return cfg
}
