package value

import (
	"fmt"
	"strings"
	"unicode"

	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/neuron"
)

// Current returns the current of a flag, in nA.
func Current(flag, text string) (float64, error) {
	i, err := config.ParseCurrent(text)
	if err != nil {
		return 0, usage.Errorf("--%s: %w", flag, err)
	}
	if !(i >= -neuron.MaxCurrent && i <= neuron.MaxCurrent) {
		return 0, usage.Errorf("--%s: must be between -%g mA and %g mA, got %q", flag, neuron.MaxCurrent/1e6, neuron.MaxCurrent/1e6, text)
	}
	return i, nil
}

// AddressRule says what CheckAddress accepts, for a page.
const AddressRule = "must be an address such as 127.0.0.1:8080 or :8080"

// CheckAddress returns an error unless addr is an address to listen on.
func CheckAddress(addr string) error {
	if !config.ValidListen(addr) {
		return fmt.Errorf("%s, got %q", AddressRule, addr)
	}
	return nil
}

// Stray returns an error for a FILE that belongs to the flag --set, or nil.
func Stray(sets []string, file string) error {
	if key, _, ok := strings.Cut(file, "="); ok && strings.Contains(key, ".") {
		return fmt.Errorf("FILE: must be the name of a configuration, got %q: write --set before each key", file)
	}
	if len(sets) == 0 || strings.ContainsFunc(file, func(r rune) bool { return !unicode.IsLetter(r) }) {
		return nil
	}
	key, number, _ := strings.Cut(sets[len(sets)-1], "=")
	if _, ok := Number(number); !ok || file == "" {
		return nil
	}
	return fmt.Errorf("--set %s: quote a value with a space: --set %[1]s=\"%s %s\"", key, number, file)
}
