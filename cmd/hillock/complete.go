package main

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/parts"
	"hillock/config"
	"hillock/hw/part"
)

// must panics at an error in the definition of a command: an unknown flag, or a second completion.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// choices are the values that the shell offers for a flag.
func choices(cmd *cobra.Command, flag string, values ...string) {
	must(cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)))
}

// beginning returns the completions with a typed beginning.
func beginning(typed string, all []cobra.Completion) []cobra.Completion {
	return slices.DeleteFunc(all, func(c cobra.Completion) bool { return !strings.HasPrefix(c, typed) })
}

// completeFile offers the configurations of the folder for FILE.
func completeFile(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []cobra.Completion{"toml"}, cobra.ShellCompDirectiveFilterFileExt
}

// complete offers values for a flag, taken from FILE on the command line or from the built-in configuration.
func complete(cmd *cobra.Command, flag string, values func(*config.Config) []cobra.Completion) {
	must(cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		file := ""
		if len(args) > 0 {
			file = args[0]
		}
		directive := cobra.ShellCompDirectiveNoFileComp
		if flag == "set" || flag == "back" { // the value after = follows at once
			directive |= cobra.ShellCompDirectiveNoSpace
		}
		cfg, err := config.Load(file, nil, part.Kinds())
		if err != nil {
			return nil, directive
		}
		return beginning(typed, values(cfg)), directive
	}))
}

func neurons(cfg *config.Config) (names []cobra.Completion) {
	for _, n := range cfg.Neurons {
		names = append(names, n.Name)
	}
	return names
}

// completeCalibrate offers the knobs of all configurations of the folder for INPUT, and then configurations.
func completeCalibrate(cmd *cobra.Command, args []string, typed string) (names []cobra.Completion, _ cobra.ShellCompDirective) {
	if len(args) > 0 {
		return completeFile(cmd, args[1:], typed)
	}
	files, _ := filepath.Glob("*.toml") // the pattern is right
	for _, file := range files {
		if cfg, err := config.Load(file, nil, part.Kinds()); err == nil {
			names = append(names, parts.Knobs(cfg)...)
		}
	}
	slices.Sort(names)
	return beginning(typed, slices.Compact(names)), cobra.ShellCompDirectiveNoFileComp
}
