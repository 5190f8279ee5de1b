package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/chart"
	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/hw/part"
	"hillock/neuron"
)

// configFlags are the configuration that a command works on: its FILE argument and --set.
type configFlags struct{ sets []string }

func (f *configFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.sets, "set", nil, "change a value of the configuration, `key=value`: --set neuron.n1.tau_m=\"5 ms\"")
	cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return []string{"toml"}, cobra.ShellCompDirectiveFilterFileExt
	}
}

// choices are the values that the shell offers for a flag.
func choices(cmd *cobra.Command, flag string, values ...string) {
	if err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // the flag is not there, or this is its second time
	}
}

func (f *configFlags) load(cmd *cobra.Command, args []string) (*config.Config, error) {
	file := ""
	if len(args) > 0 {
		file = args[0]
	}
	if len(args) > 0 && (file == "" || file == "-") {
		return nil, usage.Errorf("FILE: must be the name of a configuration, got %q", file)
	}
	cfg, err := config.Load(file, f.sets, part.Kinds())
	if err != nil {
		return nil, usage.Error{Err: err}
	}
	for _, w := range cfg.Warnings {
		fmt.Fprintln(cmd.ErrOrStderr(), usage.Text(w))
	}
	return cfg, nil
}

// pick is the neuron of a name, or the first when the name is empty.
func pick(cfg *config.Config, name string) (config.Neuron, error) {
	if name == "" {
		return cfg.Neurons[0], nil
	}
	var names []string
	for _, n := range cfg.Neurons {
		if n.Name == name {
			return n, nil
		}
		names = append(names, n.Name)
	}
	return config.Neuron{}, usage.Errorf("--neuron: no neuron is called %q: there is %s", name, strings.Join(names, ", "))
}

// currentFlag reads a current in nA from a flag.
func currentFlag(name, value string) (float64, error) {
	i, err := config.ParseCurrent(value)
	if err != nil {
		return 0, usage.Errorf("--%s: %w", name, err)
	}
	if !(i >= -neuron.MaxCurrent && i <= neuron.MaxCurrent) {
		return 0, usage.Errorf("--%s: must be between -%g nA and %g nA, got %q", name, neuron.MaxCurrent, neuron.MaxCurrent, value)
	}
	return i, nil
}

// durationFlag is a time on the command line, as configurations write it, "10 s", or as Go does, 1m30s.
type durationFlag time.Duration

func (d *durationFlag) Set(s string) error {
	v, err := config.ParseTime(s)
	if err != nil {
		if v, err = time.ParseDuration(s); err != nil {
			return fmt.Errorf(`must be a time such as "10 s", got %q`, s)
		}
	}
	*d = durationFlag(v)
	return nil
}

func (d *durationFlag) String() string { return time.Duration(*d).String() }

func (d *durationFlag) Type() string { return "time" }

// addDuration adds a --duration flag.
func addDuration(cmd *cobra.Command, d *time.Duration, usage string) {
	cmd.Flags().Var((*durationFlag)(d), "duration", usage)
	if *d == 0 {
		cmd.Flags().Lookup("duration").DefValue = "" // the usage says it better
	}
}

// canWrite returns a usage error where a file cannot be written, "" and "-" being none, or is one that the command reads; flag is
// what named it, "" an argument.
func canWrite(flag, name string, read ...string) error {
	err := outfile.Check(name, read...)
	switch {
	case err == nil:
		return nil
	case flag == "":
		return usage.Error{Err: err}
	}
	return usage.Errorf("--%s: %w", flag, err)
}

// exclusive is an error when more than one of these flags was given.
func exclusive(cmd *cobra.Command, names ...string) error {
	var given []string
	for _, n := range names {
		if cmd.Flags().Changed(n) {
			given = append(given, "--"+n)
		}
	}
	if len(given) > 1 {
		return usage.Errorf("%s: cannot be given together: choose one", strings.Join(given, ", "))
	}
	return nil
}

// checkPlot returns an error where --plot was given and names no picture.
func checkPlot(cmd *cobra.Command, name string) error {
	if _, known := chart.Format(name); cmd.Flags().Changed("plot") && !known {
		return usage.Errorf("--plot: must be a file's name that ends in .svg or .png, got %q", name)
	}
	return nil
}
