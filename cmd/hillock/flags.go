package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/chart"
	"hillock/cmd/hillock/internal/example"
	"hillock/cmd/hillock/internal/parts"
	"hillock/cmd/hillock/internal/usage"
	"hillock/cmd/hillock/internal/value"
	"hillock/config"
	"hillock/hw/part"
)

// configFlags are the configuration of a command: its FILE argument and --set.
type configFlags struct {
	sets  []string
	flags map[string]string // flags that set a key, by key, for errors
}

func (f *configFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.sets, "set", nil, "set a key of the configuration for this command, as `key=value`: --set neuron.n1.tau_m=\"5 ms\"")
	cmd.ValidArgsFunction = completeFile
	complete(cmd, "set", parts.Keys)
}

// load reads the configuration of args: FILE, - for standard input, or the built-in one. It prints the warnings.
func (f *configFlags) load(cmd *cobra.Command, args []string) (*config.Config, error) {
	var cfg *config.Config
	var err error
	switch file := strings.Join(args, ""); {
	case len(args) > 0 && file == "":
		return nil, usage.Errorf(`FILE: must be the name of a configuration, got ""`)
	case file == "-":
		cfg, err = config.Read("stdin", cmd.InOrStdin(), f.sets, part.Kinds())
	default:
		cfg, err = config.Load(file, f.sets, part.Kinds())
		err = example.Instead(file, err)
	}
	if stray := value.Stray(f.sets, strings.Join(args, "")); stray != nil && errors.Is(err, fs.ErrNotExist) {
		err = stray
	}
	if err != nil {
		return nil, usage.Error{Err: f.named(err)}
	}
	warn(cmd, cfg.Warnings)
	return cfg, nil
}

func warn(cmd *cobra.Command, warnings []config.Problem) {
	for _, w := range warnings {
		fmt.Fprintln(cmd.ErrOrStderr(), usage.Text(w))
	}
}

// named names flags in the place of the keys that they set.
func (f *configFlags) named(err error) error {
	if problems := (config.Problems)(nil); errors.As(err, &problems) {
		for i, p := range problems {
			if flag := f.flags[p.Set]; flag != "" {
				problems[i].Set, problems[i].Key = "", flag
			}
		}
	}
	return err
}

func addFile(cmd *cobra.Command, name *string, flag, meaning string, extensions ...string) {
	cmd.Flags().Var(value.Text{To: name, Kind: "file", Rule: "must be a file's name"}, flag, meaning)
	must(cmd.MarkFlagFilename(flag, extensions...))
}

func addCurrent(cmd *cobra.Command, current *string, flag, meaning string) {
	cmd.Flags().Var(value.Text{To: current, Kind: "current", Rule: `must be a current such as "2 nA"`}, flag, meaning)
}

func addNeuron(cmd *cobra.Command, name *string, meaning string) {
	cmd.Flags().Var(value.Text{To: name, Kind: "name", Rule: "must be the name of a neuron"}, "neuron", meaning)
	complete(cmd, "neuron", neurons)
}

func addPi(cmd *cobra.Command, pi *string) {
	*pi = "auto"
	cmd.Flags().Var(value.Text{To: pi, Kind: "name", Rule: "must be auto, real or sim"}, "hw", "Pi to use: real, sim (the virtual Pi), or auto (the real one on a Raspberry Pi, else the virtual one)")
	choices(cmd, "hw", "auto", "real", "sim")
}

func addPlot(cmd *cobra.Command, file *string, meaning string) {
	cmd.Flags().Var(value.Text{To: file, Kind: "file", Rule: chart.FileRule}, "plot", meaning)
	must(cmd.MarkFlagFilename("plot", "svg", "png"))
}

// exclusive returns an error for more than one of these flags.
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
