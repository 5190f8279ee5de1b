package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/parts"
	"hillock/hw/board"
)

func newOff() *cobra.Command {
	var f configFlags
	cmd := &cobra.Command{
		Use:   "off [FILE]",
		Short: "put all outputs low after a killed program",
		Long: `off puts the pins of all outputs of the configuration low and releases them. hillock does so itself at every end but
one: after kill -9, or without memory, its pins may stay high. The service runs off after each end. off leaves the pins of
other programs alone and names them. FILE - is standard input.`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := f.load(cmd, args)
			if err != nil {
				return err
			}
			if chips, _ := filepath.Glob("/dev/gpiochip*"); len(chips) == 0 { // the pattern is right
				return board.Absent{Err: errors.New("no GPIO on this machine (no /dev/gpiochip*): run off on the Raspberry Pi; the virtual Pi has no pins to put low")}
			}
			pi, err := board.Real()
			if err != nil {
				return err
			}
			var errs []error
			for _, out := range cfg.Outputs {
				err := board.Off(out, cfg, pi)
				if err == nil {
					_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", out.Name, parts.AtRest(out))
				}
				errs = append(errs, err)
			}
			return errors.Join(errs...)
		},
	}
	f.add(cmd)
	return cmd
}
