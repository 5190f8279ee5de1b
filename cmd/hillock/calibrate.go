package main

import (
	"slices"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/calibrate"
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
		Short: "measure the two ends of a knob, and write them into the configuration",
		Long: `calibrate asks you to turn a knob all the way down, and then all the way up, each time with the Enter key. It waits
until the knob is still, and writes the codes at its ends, and a dead zone as wide as the noise there, into FILE. All
else in the file stays as it is; the old file is kept beside it, as FILE.old.`,
		Example: "  hillock calibrate knob my.toml",
		Args:    cobra.ExactArgs(2),
		RunE:    f.run,
	}
	cmd.Flags().StringVar(&f.hw, "hw", "auto", "the `Pi` that the knob is on: auto, real or sim, as for run")
	cmd.Flags().BoolVar(&f.dry, "dry-run", false, "measure, and say what would be written")
	choices(cmd, "hw", "auto", "real", "sim")
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
		return usage.Errorf("INPUT: no input of %s is called %q", file, name)
	}
	if in := cfg.Inputs[i]; !parts.IsKnob(in) {
		return usage.Errorf("INPUT: must be a knob, and %s of %s is driver %q", name, file, in.Driver)
	}
	if err := canWrite("", file); err != nil && !f.dry {
		return err
	}
	in := cfg.Inputs[i]
	cfg.Inputs = []config.Input{in} // the others, and the outputs, are not touched
	cfg.Outputs = nil
	wall := clock.New()
	hw, err := choose(f.hw, cfg, wall)
	if err != nil {
		return err
	}
	return calibrate.Run(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cfg, hw, calibrate.Options{Wall: wall, File: file, DryRun: f.dry})
}
