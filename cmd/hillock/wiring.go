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
		Short: "the wiring sheet of a configuration",
		Long: `wiring says which pin of which part goes to which pin of the header, from the configuration that runs: as a table, as
the header with the pins in use, and with --svg or --png as a drawing to print on A4. It refuses a kit that would do
harm: two parts on one pin, more than 16 mA from a pin or 50 mA from all together. A kit that one page has no room for
has its second page in my-2.svg, beside my.svg.`,
		Example: `  hillock wiring                        the built-in kit, in the terminal
  hillock wiring my.toml --svg my.svg   the drawing, to print`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.add(cmd)
	cmd.Flags().StringVar(&f.svg, "svg", "", "draw the sheet to this file, - for standard output")
	cmd.Flags().StringVar(&f.png, "png", "", "draw the sheet to this file, - for standard output")
	return cmd
}

func (f *wiringFlags) run(cmd *cobra.Command, args []string) error {
	for _, name := range []string{"svg", "png"} {
		if flag := cmd.Flags().Lookup(name); flag.Changed && flag.Value.String() == "" {
			return usage.Errorf(`--%s: must be a file's name, or - for standard output, got ""`, name)
		}
	}
	if f.svg != "" && f.png != "" && filepath.Clean(f.svg) == filepath.Clean(f.png) {
		return usage.Errorf("--png: must be another file than --svg, got %q for both", f.png)
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
			return usage.Errorf("--%s: must be a file's name where the drawing has %d pages, got -", flag, len(pages))
		}
	}
	return sheet.Write(cmd.OutOrStdout(), cmd.ErrOrStderr(), kit, sheet.Files{SVG: f.svg, PNG: f.png})
}
