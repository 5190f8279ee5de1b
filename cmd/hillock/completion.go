package main

import (
	"slices"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/usage"
)

// newCompletion returns the command for completion scripts. Unlike cobra's it refuses an unknown shell.
func newCompletion() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "print the completion script of a shell",
		Long: `completion prints a script that completes hillock's commands, flags and values in a shell: bash, zsh, fish or
powershell. bash needs the package bash-completion.`,
		Example: `  source <(hillock completion bash)         in this bash, or in this zsh
  hillock completion fish | source          in this fish
  hillock completion bash > ~/.local/share/bash-completion/completions/hillock
  hillock completion zsh > "${fpath[1]}/_hillock"
  hillock completion fish > ~/.config/fish/completions/hillock.fish`,
		Args:              atMost(1),
		ValidArgsFunction: cobra.FixedCompletions(shells, cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage.Errorf("SHELL is missing: bash, zsh, fish or powershell")
			}
			shell := args[0]
			if !slices.Contains(shells, shell) {
				return usage.Errorf("SHELL: must be bash, zsh, fish or powershell, got %q", shell)
			}
			root, out := cmd.Root(), cmd.OutOrStdout()
			switch shell {
			case "bash":
				return root.GenBashCompletionV2(out, true)
			case "zsh":
				return root.GenZshCompletion(out)
			case "fish":
				return root.GenFishCompletion(out, true)
			}
			return root.GenPowerShellCompletionWithDesc(out)
		},
	}
}
