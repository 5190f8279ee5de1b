package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newRheobase() *cobra.Command {
	var f configFlags
	cmd := &cobra.Command{
		Use:   "rheobase [FILE]",
		Short: "print the rheobase of each neuron",
		Args:  atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := f.load(cmd, args)
			if err != nil {
				return err
			}
			for _, n := range cfg.Neurons {
				theory, _ := n.Theory()
				if theory == nil {
					return fmt.Errorf("neuron %s: its model has no closed form for the rheobase: measure it with 'hillock fi'", n.Name)
				}
				if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: %.3f nA\n", n.Name, theory.Rheobase()); err != nil {
					return err
				}
			}
			return nil
		},
	}
	f.add(cmd)
	return cmd
}
