package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/calibrate"
	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/parts"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/hw/clock"
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
		Args: func(_ *cobra.Command, args []string) error { return calibrate.CheckArgs(args) },
		RunE: f.run,
	}
	addPi(cmd, &f.hw)
	cmd.Flags().BoolVar(&f.dry, "dry-run", false, "measure, and print what would be written")
	cmd.ValidArgsFunction = completeCalibrate
	return cmd
}

func (f *calibrateFlags) run(cmd *cobra.Command, args []string) error {
	name, file := args[0], args[1]
	cfg, err := new(configFlags).load(cmd, args[1:])
	if err != nil {
		return err
	}
	i := slices.IndexFunc(cfg.Inputs, func(in config.Input) bool { return in.Name == name })
	if i < 0 {
		return usage.Errorf("INPUT: %s has no input %q%s", file, name, calibrate.KnobsIn(file))
	}
	if in := cfg.Inputs[i]; !parts.IsKnob(in) {
		return usage.Errorf("INPUT: must be a knob, but %s has driver %q%s", name, in.Driver, calibrate.KnobsIn(file))
	}
	if err := outfile.FlagTOML("", file); err != nil && !f.dry {
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
