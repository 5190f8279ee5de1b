package parts

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pelletier/go-toml/v2"

	"hillock/config"
)

// Keys returns the keys of a configuration for --set. After a tab comes the present value.
func Keys(cfg *config.Config) (all []string) {
	var tables map[string]any
	if err := toml.Unmarshal(cfg.TOML(), &tables); err != nil {
		return nil
	}
	var visit func(path string, table map[string]any)
	visit = func(path string, table map[string]any) {
		for _, key := range slices.Sorted(maps.Keys(table)) {
			if sub, ok := table[key].(map[string]any); ok {
				visit(path+key+".", sub)
				continue
			}
			all = append(all, fmt.Sprintf("%s%s=\tnow %v", path, key, table[key]))
		}
	}
	visit("", tables)
	return all
}

// LEDs returns the outputs for --back.
func LEDs(cfg *config.Config) (names []string) {
	for _, out := range cfg.Outputs {
		if IsLED(out) {
			names = append(names, out.Name+"=")
		}
	}
	return names
}

// Knobs returns the names of the knobs of a configuration.
func Knobs(cfg *config.Config) (names []string) {
	for _, in := range cfg.Inputs {
		if IsKnob(in) {
			names = append(names, in.Name)
		}
	}
	return names
}
