package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/calibrate"
	"hillock/cmd/hillock/internal/parts"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/hw/clock"
	"hillock/hw/part"
)

// calibrateFlags are the flags of calibrate.
type calibrateFlags struct {
	hw  string
	dry bool
}

func newCalibrate() *cobra.Command {
	var f calibrateFlags
	cmd := &cobra.Command{
		Use:   "calibrate INPUT FILE",
		Short: "measure both ends of a knob and write them into FILE",
		Long: `calibrate measures the codes at both ends of a knob. Turn the knob all the way down and press Enter; then turn it
all the way up and press Enter. calibrate waits until the knob is still. It writes the codes, and a dead zone as wide as
their noise, into the table of the input INPUT in FILE, and changes nothing else there.

The first calibration keeps the file as it was, as FILE.old; later ones leave FILE.old alone. On the virtual Pi, calibrate
writes FILE with --hw sim only.`,
		Example: `  hillock calibrate knob my.toml
  hillock calibrate knob my.toml --dry-run`,
		Args: calibrateArgs,
		RunE: f.run,
	}
	addPi(cmd, &f.hw)
	cmd.Flags().BoolVar(&f.dry, "dry-run", false, "measure, and print what would be written")
	cmd.ValidArgsFunction = completeCalibrate
	return cmd
}

// calibrateArgs refuses missing, superfluous and swapped arguments.
func calibrateArgs(_ *cobra.Command, args []string) error {
	isFile := func(arg string) bool { info, err := os.Stat(arg); return err == nil && info.Mode().IsRegular() }
	switch {
	case len(args) == 0:
		return errors.New("INPUT and FILE are missing: name a knob and its configuration, such as 'hillock calibrate knob my.toml'")
	case len(args) == 1 && isFile(args[0]):
		return fmt.Errorf("INPUT is missing: name a knob of %s%s before it", args[0], knobsIn(args[0]))
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

// knobsIn returns the knobs of a file for a message, "" where there are none.
func knobsIn(file string) string {
	cfg, err := config.Load(file, nil, part.Kinds())
	if err != nil || len(parts.Knobs(cfg)) == 0 {
		return ""
	}
	return " (knobs: " + strings.Join(parts.Knobs(cfg), ", ") + ")"
}

func (f *calibrateFlags) run(cmd *cobra.Command, args []string) error {
	name, file := args[0], args[1]
	cfg, err := new(configFlags).load(cmd, args[1:])
	if err != nil {
		return err
	}
	i := slices.IndexFunc(cfg.Inputs, func(in config.Input) bool { return in.Name == name })
	if i < 0 {
		return usage.Errorf("INPUT: %s has no input %q%s", file, name, knobsIn(file))
	}
	if in := cfg.Inputs[i]; !parts.IsKnob(in) {
		return usage.Errorf("INPUT: must be a knob, but %s has driver %q%s", name, in.Driver, knobsIn(file))
	}
	if err := canWriteTOML("", file); err != nil && !f.dry {
		return err
	}
	in := cfg.Inputs[i]
	cfg.Inputs = []config.Input{in} // the others, and the outputs, are not touched
	cfg.Outputs = nil
	realTime := clock.New()
	hw, err := choose(f.hw, cfg, realTime)
	if err != nil {
		return err
	}
	dry := f.dry || hw.Virtual != nil && f.hw != "sim"
	err = calibrate.Run(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cfg, hw, calibrate.Options{RealTime: realTime, File: file, DryRun: dry})
	if err == nil && dry && !f.dry {
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "nothing written: this knob is on the virtual Pi (add --hw sim to write %s)\n", file)
	}
	return err
}
