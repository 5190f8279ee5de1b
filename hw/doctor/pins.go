package doctor

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"hillock/config"
	"hillock/hw/board"
)

// theKernel is the holder of a line without a consumer's name.
const theKernel = "the kernel"

// pins returns the holders of the pins of the configuration. It requests no pin.
func (h Host) pins(cfg *config.Config) []Finding {
	if h.holders == nil {
		return nil
	}
	if len(h.glob("/dev/gpiochip*")) == 0 {
		return []Finding{{Check: "pins", Result: Skipped, Seen: "not checked: this machine has no /dev/gpiochip*"}}
	}
	holders, err := h.lines()
	if err != nil {
		return []Finding{{Check: "pins", Result: Skipped, Seen: "not checked: " + err.Error()}}
	}
	var found []Finding
	var free, unknown []string
	for _, use := range uses(cfg) {
		switch by, ok := holders[use.pin]; {
		case !ok:
			unknown = append(unknown, use.pin)
		case by == "":
			free = append(free, use.pin)
		default:
			found = append(found, held(use.pin, use.part, by))
		}
	}
	if len(free) > 0 {
		found = append(found, Finding{Check: "pins", Result: Passed, Seen: "free: " + strings.Join(free, ", ")})
	}
	if len(unknown) > 0 {
		found = append(found, Finding{Check: "pins", Result: Skipped, Seen: "not checked: the kernel has no line for " + strings.Join(unknown, ", ")})
	}
	return append(found, h.buses(cfg, holders)...)
}

// Running is the meaning of a pin held by another hillock.
const Running = "another hillock is running"

// held returns the finding on a pin with a holder. Another hillock is no failure.
func held(pin, part, by string) Finding {
	f := Finding{Check: pin, Result: Failed, Seen: fmt.Sprintf("held by %q", by), Means: "'hillock run' cannot use it for " + part,
		Do: "stop that program, remove its overlay from config.txt, or choose another pin"}
	if board.Selects(by) {
		f.Do = board.FreeSelect(pin)
	}
	if strings.HasPrefix(by, "hillock@") { // the process ID follows
		f.Result = Warning
		f.Means, f.Do = Running, "stop it before you start another: 'sudo systemctl stop hillock', or Ctrl-C in its terminal"
	}
	return f
}

// use is a pin of the configuration outside of buses, with its purpose: "output led".
type use struct{ pin, part string }

func uses(cfg *config.Config) (all []use) {
	for _, in := range cfg.Inputs {
		for _, pin := range config.Pins(in.Part) {
			all = append(all, use{pin, "input " + in.Name})
		}
	}
	for _, out := range cfg.Outputs {
		for _, pin := range config.Pins(out.Part) {
			all = append(all, use{pin, "output " + out.Name})
		}
	}
	return all
}

// Held returns the holders of all pins by the pin's name, without the free pins.
func (h Host) Held() map[string]string {
	if h.holders == nil {
		return nil
	}
	all, _ := h.lines() // SetUp reports the error
	maps.DeleteFunc(all, func(_, by string) bool { return by == "" })
	return all
}

// gpioChip is a GPIO chip of the kernel with its lines, in the order of their offsets.
type gpioChip struct {
	label string
	lines []gpioLine
}

// gpioLine is a line with its name and its holder, "" for a free line.
type gpioLine struct{ name, by string }

// lines returns the holders of the lines of all chips by the names of their pins. On the chip of the header, with a label
// pinctrl-*, GPIO4 is line 4: its name may be GPIO_GCLK. Lines of other chips go by their names. A node may be a link to
// another, as /dev/gpiochip4 on a Pi.
func (h Host) lines() (map[string]string, error) {
	all, header := map[string]string{}, map[string]string{}
	for _, node := range h.glob("/dev/gpiochip*") {
		chip, err := h.holders(h.Path(node))
		if err != nil {
			return nil, err
		}
		for n, line := range chip.lines {
			if strings.HasPrefix(chip.label, "pinctrl-") {
				header[fmt.Sprintf("GPIO%d", n)] = line.by
			} else {
				all[line.name] = line.by
			}
		}
	}
	maps.Copy(all, header)
	return all, nil
}

// buses finds the lost pins of each bus. A program that used such a pin as a plain pin leaves it plain at its end, and the
// bus is dead until its driver is bound again. Chip selects are left out: the kernel itself drives them as plain pins.
func (h Host) buses(cfg *config.Config, holders map[string]string) (found []Finding) {
	lost, rebind := map[string]string{}, map[string]string{} // by pin, the meaning of its loss, and the remedy
	for _, port := range cfg.Ports() {
		if _, err := os.Stat(h.Path(Node(port))); err != nil {
			continue // the port is off
		}
		bus, _, _ := strings.Cut(port, ".")
		for role, pin := range config.PortPins(port) {
			if !strings.HasPrefix(role, "CE") {
				lost[pin], rebind[pin] = bus+" has lost its "+role, h.Rebind(bus)
			}
		}
	}
	var unknown []string
	for _, pin := range slices.Sorted(maps.Keys(lost)) {
		f := Finding{Check: pin, Result: Failed, Means: lost[pin]}
		switch by := holders[pin]; {
		case by == theKernel, strings.HasSuffix(lost[pin], " "+strings.ToUpper(by)): // the driver i2c-gpio holds "sda" and "scl"
			continue
		case by != "":
			f.Seen, f.Do = fmt.Sprintf("held by %q", by), "stop that program; then "+rebind[pin]
		default:
			var ok bool
			if f.Seen, ok = h.plain(pin); !ok {
				unknown = append(unknown, pin)
			}
			f.Do = rebind[pin]
		}
		if f.Seen != "" {
			found = append(found, f)
		}
	}
	if len(unknown) > 0 {
		found = append(found, Finding{Check: "pins", Result: Skipped, Seen: "not checked: 'pinctrl get' does not report the function of " + strings.Join(unknown, ", ")})
	}
	return found
}

// plain returns the function of a plain pin in words, "" for a pin of a bus. It returns false if the function is unknown.
// pinctrl, a program of Raspberry Pi OS, reads the registers: " 9: a0    pd | lo // GPIO9 = SPI0_MISO".
func (h Host) plain(pin string) (function string, ok bool) {
	if h.output == nil {
		return "", false
	}
	f := strings.Fields(h.output("pinctrl", "get", strings.TrimPrefix(pin, "GPIO")))
	if len(f) < 2 {
		return "", false
	}
	return plainWords()[f[1]], true
}

// plainWords are the words for the functions of plain pins, by pinctrl's words.
func plainWords() map[string]string {
	return map[string]string{"ip": "a plain input", "op": "a plain output", unused: "without a function"}
}
