package doctor

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"hillock/config"
)

// theKernel holds a line without a name.
const theKernel = "the kernel"

// pins says who holds the pins that the configuration uses, without taking one.
func (h Host) pins(cfg *config.Config) []Finding {
	if h.holders == nil {
		return nil
	}
	holders, err := h.lines()
	if err != nil {
		return []Finding{{Check: "pins", Result: NotPossible, Seen: err.Error()}}
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
		found = append(found, Finding{Check: "pins", Result: NotPossible, Seen: "no line of the kernel has the name " + strings.Join(unknown, ", ")})
	}
	return append(found, h.buses(cfg, holders)...)
}

// Running is what it means that a hillock holds a pin.
const Running = "a hillock runs already"

// held is what there is to say of a pin that somebody holds: a hillock that runs may well.
func held(pin, part, by string) Finding {
	f := Finding{Check: pin, Result: Failed, Seen: fmt.Sprintf("held by %q", by), Means: "hillock run cannot use it for " + part,
		Do: "stop that program, take the overlay out of config.txt that gives it the pin, or choose another pin"}
	if strings.HasPrefix(by, "hillock@") { // the process's number follows
		f.Result = Passed
		f.Means, f.Do = Running, "before you run another: sudo systemctl stop hillock, or end it where it runs"
	}
	return f
}

// A use is a pin that is the program's own, and what it is for.
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

// Held is who holds a pin, by its name; of those that nobody holds there is nothing.
func (h Host) Held() map[string]string {
	if h.holders == nil {
		return nil
	}
	all, _ := h.lines() // what cannot be asked is not held, as far as anybody knows
	maps.DeleteFunc(all, func(_, by string) bool { return by == "" })
	return all
}

// lines are the holders of the lines of all chips. A node may be another's link: /dev/gpiochip4 on a Pi.
func (h Host) lines() (map[string]string, error) {
	all := map[string]string{}
	for _, chip := range h.glob("/dev/gpiochip*") {
		holders, err := h.holders(h.Path(chip))
		if err != nil {
			return nil, err
		}
		maps.Copy(all, holders)
	}
	return all, nil
}

// buses finds the pins of buses that are not the bus's. A program that took one as a plain pin leaves it so when it ends,
// and the bus is dead until the next boot. A chip select is not among them: the kernel moves it itself, as a plain pin.
func (h Host) buses(cfg *config.Config, holders map[string]string) (found []Finding) {
	lost := map[string]string{} // what it is if a pin is gone
	for _, port := range cfg.Ports() {
		if _, err := os.Stat(h.Path(Node(port))); err != nil {
			continue // it is off
		}
		bus, _, _ := strings.Cut(port, ".")
		for role, pin := range config.PortPins(port) {
			if !strings.HasPrefix(role, "CE") {
				lost[pin] = bus + " has lost its " + role
			}
		}
	}
	for _, pin := range slices.Sorted(maps.Keys(lost)) {
		f := Finding{Check: pin, Result: Failed, Means: lost[pin] + ", until the next boot"}
		switch by := holders[pin]; {
		case by == theKernel, strings.HasSuffix(lost[pin], " "+strings.ToUpper(by)): // its driver i2c-gpio is "sda" and "scl"
			continue
		case by != "":
			f.Seen, f.Do = fmt.Sprintf("held by %q", by), "stop that program, and reboot"
		default:
			f.Seen, f.Do = h.function(pin), "reboot"
		}
		if f.Seen != "" {
			found = append(found, f)
		}
	}
	return found
}

// function is what a pin does that is no bus's, "" for one that is, and where nobody tells. pinctrl, of Raspberry Pi OS,
// reads it from the registers: " 9: a0    pd | lo // GPIO9 = SPI0_MISO".
func (h Host) function(pin string) string {
	if h.output == nil {
		return ""
	}
	f := strings.Fields(h.output("pinctrl", "get", strings.TrimPrefix(pin, "GPIO")))
	if len(f) < 2 {
		return ""
	}
	return map[string]string{"ip": "an input", "op": "an output", "no": "without a function"}[f[1]]
}
