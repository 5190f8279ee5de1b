package main

import (
	"time"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/brian2"
	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/usage"
	"hillock/cmd/hillock/internal/value"
	"hillock/config"
)

func newExport() *cobra.Command {
	parent := &cobra.Command{Use: "export", Short: "write a configuration for another simulator"}
	group(parent)
	var f configFlags
	var out string
	duration := value.Time{Duration: 2 * time.Second}
	cmd := &cobra.Command{
		Use:   "brian2 [FILE]",
		Short: "write a configuration as a Python script for Brian2",
		Long: `brian2 writes a configuration as a Python script for the simulator Brian2 2.5 (Debian package python3-brian). The script
prints the same spikes as 'hillock sim --format spikes', in the same steps. It has all numbers of the network: the graphs
of random synapses, spike trains and generated currents as lists. Knobs rest at position 0.4. FILE - is standard input.

Brian2 has no counterpart to the noise of a membrane. A comment and a warning say so: the spikes then differ.`,
		Example: `  hillock export brian2 circuit.toml --duration 2s -o circuit.py
  python3 circuit.py > brian2.csv
  hillock sim circuit.toml --duration 2s --format spikes | diff brian2.csv -`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := outfile.FlagData("out", out, args...); err != nil {
				return err
			}
			cfg, err := f.load(cmd, args)
			if err != nil {
				return err
			}
			steps := int64(duration.Duration / cfg.Loop.DT)
			if steps < 1 {
				return usage.Errorf("--duration: must be at least one step, %s, got %q", config.FormatTime(cfg.Loop.DT), duration.Typed())
			}
			script, err := brian2.New(cfg, steps, brian2.Command(args, f.sets, time.Duration(steps)*cfg.Loop.DT))
			if err != nil {
				return err
			}
			script.Warn(cmd.ErrOrStderr())
			return outfile.Write(out, cmd.OutOrStdout(), script.Write)
		},
	}
	f.add(cmd)
	cmd.Flags().Var(&duration, "duration", "simulate this model time")
	cmd.Flags().VarP(value.Text{To: &out, Kind: "file", Rule: "must be a file's name"}, "out", "o", "write to this file, - for standard output (default: -)")
	parent.AddCommand(cmd)
	return parent
}
