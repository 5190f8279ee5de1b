package main

import (
	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/example"
)

func newExample() *cobra.Command {
	return &cobra.Command{
		Use:   "example [NAME]",
		Short: "list the example configurations, or print one",
		Long: `example lists the example configurations with a description of each. With NAME it prints one of them to
standard output, to be saved, changed and run.`,
		Example: `  hillock example
  hillock example xor > xor.toml`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return example.List(cmd.OutOrStdout())
			}
			return example.Print(cmd.OutOrStdout(), cmd.ErrOrStderr(), args[0])
		},
		ValidArgsFunction: completeExample,
	}
}

// completeExample offers the examples with their descriptions for NAME.
func completeExample(_ *cobra.Command, args []string, typed string) (names []cobra.Completion, _ cobra.ShellCompDirective) {
	for _, e := range example.All() {
		if len(args) == 0 {
			names = append(names, cobra.CompletionWithDesc(e.Name, e.About))
		}
	}
	return beginning(typed, names), cobra.ShellCompDirectiveNoFileComp
}
