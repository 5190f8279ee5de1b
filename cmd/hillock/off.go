package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/parts"
	"hillock/hw/board"
)

func newOff() *cobra.Command {
	var f configFlags
	cmd := &cobra.Command{
		Use:   "off [FILE]",
		Short: "put all outputs low, after a program that was killed",
		Long: `off puts the pins of all outputs of the configuration low and releases them. hillock does so itself however it ends,
but a program that is killed (kill -9, no memory left) cannot: its pins may stay as they are. The service runs it after
each end. A pin that another program holds is left alone, and named; the others are put low.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := f.load(cmd, args)
			if err != nil {
				return err
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
