package checkup

import (
	"slices"
	"strings"

	"hillock/cmd/hillock/internal/parts"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
)

// checkBack returns an error unless back maps LEDs of the configuration to free pins.
func checkBack(cfg *config.Config, back map[string]string) error {
	taken := map[string]string{}
	for _, out := range cfg.Outputs {
		for _, pin := range config.Pins(out.Part) {
			taken[pin] = "output " + out.Name + "'s"
		}
	}
	for _, in := range cfg.Inputs {
		for _, pin := range config.Pins(in.Part) {
			taken[pin] = "input " + in.Name + "'s"
		}
	}
	for _, port := range cfg.Ports() {
		for role, pin := range config.PortPins(port) {
			taken[pin] = port + "'s " + role
		}
	}
	for name, pin := range back {
		i := slices.IndexFunc(cfg.Outputs, func(out config.Output) bool { return out.Name == name && parts.IsLED(out) })
		switch {
		case i < 0:
			way := "the file has no LED"
			if leds := parts.LEDs(cfg); leds != nil {
				way = "use " + strings.ReplaceAll(strings.Join(leds, " or "), "=", "")
			}
			return usage.Errorf("--back: must name an output of driver pulse, got %q: %s", name, way)
		case !strings.HasPrefix(pin, "GPIO") || config.Position(pin) == 0:
			return usage.Errorf("--back %s=%s: must be a pin of the header such as GPIO27", name, pin)
		case taken[pin] != "":
			return usage.Errorf("--back %s=%s: must be a free pin, and that is %s", name, pin, taken[pin])
		}
		taken[pin] = "where a wire from " + name + " leads back to"
	}
	return nil
}
