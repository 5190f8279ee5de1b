package main

import (
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/sheet"
	"hillock/cmd/hillock/internal/usage"
	"hillock/hw/wiring"
)

// wiringFlags are the flags of wiring.
type wiringFlags struct {
	configFlags
	svg, png string
}

func newWiring() *cobra.Command {
	var f wiringFlags
	cmd := &cobra.Command{
		Use:   "wiring [FILE]",
		Short: "print or draw the wiring of a configuration",
		Long: `wiring prints the wires between the pins of the parts and the pins of the header: as a table, and as the header with
the pins in use. --svg and --png draw it for printing on A4. The second page of a large kit goes to my-2.svg, beside my.svg.

wiring refuses a harmful kit: two parts on one pin, more than 16 mA from one pin, or more than 50 mA from all pins
together. FILE - is standard input.`,
		Example: `  hillock wiring                        the built-in kit, in the terminal
  hillock wiring my.toml --svg my.svg   a drawing to print`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.add(cmd)
	addFile(cmd, &f.svg, "svg", "draw to this SVG file, - for standard output", "svg")
	addFile(cmd, &f.png, "png", "draw to this PNG file, - for standard output", "png")
	return cmd
}

func (f *wiringFlags) run(cmd *cobra.Command, args []string) error {
	if err := differ("png", f.png, "svg", f.svg); err != nil {
		return err
	}
	for name, other := range map[string]string{"svg": ".png", "png": ".svg"} {
		if file := cmd.Flags().Lookup(name).Value.String(); filepath.Ext(file) == other {
			return usage.Errorf("--%s: must not end in %s, got %q", name, other, file)
		}
	}
	if err := errors.Join(canWrite("svg", f.svg, args...), canWrite("png", f.png, args...)); err != nil {
		return err
	}
	cfg, err := f.load(cmd, args)
	if err != nil {
		return err
	}
	kit, err := wiring.New(cfg)
	if err != nil {
		return usage.Error{Err: err}
	}
	pages := kit.Pages()
	for _, flag := range []string{"svg", "png"} {
		if len(pages) > 1 && cmd.Flags().Lookup(flag).Value.String() == "-" {
			return usage.Errorf("--%s: must be a file's name for a drawing of %d pages, got -", flag, len(pages))
		}
	}
	return sheet.Write(cmd.OutOrStdout(), cmd.ErrOrStderr(), kit, sheet.Files{SVG: f.svg, PNG: f.png})
}
