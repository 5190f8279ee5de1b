package calibrate

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"hillock/cmd/hillock/internal/parts"
	"hillock/config"
	"hillock/hw/part"
)

// CheckArgs refuses missing, superfluous and swapped arguments.
func CheckArgs(args []string) error {
	isFile := func(arg string) bool { info, err := os.Stat(arg); return err == nil && info.Mode().IsRegular() }
	switch {
	case len(args) == 0:
		return errors.New("INPUT and FILE are missing: name a knob and its configuration, such as 'hillock calibrate knob my.toml'")
	case len(args) == 1 && isFile(args[0]):
		return fmt.Errorf("INPUT is missing: name a knob of %s%s before it", args[0], KnobsIn(args[0]))
	case len(args) == 1:
		return fmt.Errorf("FILE is missing: name the configuration of %s, such as 'hillock calibrate %[1]s my.toml'", args[0])
	case len(args) > 2:
		return fmt.Errorf("unexpected argument %q", args[2])
	case args[1] == "-":
		return errors.New("FILE: must be a file, got -: calibrate writes into it")
	case isFile(args[0]) && !isFile(args[1]):
		return fmt.Errorf("INPUT comes before FILE: write 'hillock calibrate %s %s'", args[1], args[0])
	}
	return nil
}

// KnobsIn returns the knobs of a file for a message, "" where there are none.
func KnobsIn(file string) string {
	cfg, err := config.Load(file, nil, part.Kinds())
	if err != nil || len(parts.Knobs(cfg)) == 0 {
		return ""
	}
	return " (knobs: " + strings.Join(parts.Knobs(cfg), ", ") + ")"
}
