package main

import (
	"errors"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/sheet"
)

// wiringFlags are the flags of wiring.
type wiringFlags struct {
	configFlags
	sheet.Options
}

func newWiring() *cobra.Command {
	var f wiringFlags
	cmd := &cobra.Command{
		Use:   "wiring [FILE]",
		Short: "print or draw the wiring of a configuration",
		Long: `wiring prints the wires between the pins of the parts and the pins of the header: as a table, and as the header with
the pins in use. --svg and --png draw it for printing on A4. The second page of a large kit goes to my-2.svg, beside my.svg.

With --breadboard it prints the steps of building the kit on a breadboard, from hole to hole, and draws the breadboard.
--step N draws it after step N of the list. --steps draws each step: to my-01.svg, my-02.svg and so on.

wiring refuses a harmful kit: two parts on one pin, more than 16 mA from one pin, or more than 50 mA from all pins
together. FILE - is standard input.`,
		Example: `  hillock wiring                        the built-in kit, in the terminal
  hillock wiring my.toml --svg my.svg   a drawing to print
  hillock wiring --breadboard --svg b.svg   the same kit on a breadboard`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.add(cmd)
	addFile(cmd, &f.SVG, "svg", "draw to this SVG file, - for standard output", "svg")
	addFile(cmd, &f.PNG, "png", "draw to this PNG file, - for standard output", "png")
	cmd.Flags().BoolVar(&f.Breadboard, "breadboard", false, "list and draw the kit on a breadboard")
	cmd.Flags().IntVar(&f.Step, "step", 0, "draw the breadboard after this `number` of steps (default: all)")
	cmd.Flags().BoolVar(&f.Steps, "steps", false, "draw the breadboard after each step, to files of their own")
	return cmd
}

func (f *wiringFlags) run(cmd *cobra.Command, args []string) error {
	if err := outfile.Differ("png", f.PNG, "svg", f.SVG); err != nil {
		return err
	}
	if err := f.Check(); err != nil {
		return err
	}
	if err := errors.Join(outfile.FlagData("svg", f.SVG, args...), outfile.FlagData("png", f.PNG, args...)); err != nil {
		return err
	}
	cfg, err := f.load(cmd, args)
	if err != nil {
		return err
	}
	return f.Write(cmd.OutOrStdout(), cmd.ErrOrStderr(), cfg)
}
