package main

import (
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/discover"
	"hillock/cmd/hillock/internal/secret"
	"hillock/cmd/hillock/internal/usage"
	"hillock/cmd/hillock/internal/value"
	"hillock/config"
)

// classFlags are the flags of a run in a class: keys of [net], and the join code.
type classFlags struct {
	class, broker, board, code, codeFile string

	given string // join code from the flags or the environment, "" for none
}

// joinCode is the join code of a class, or the password for another broker.
var joinCode = secret.Kind{Flag: "--code", Variable: class.CodeVariable, Min: 1}

func (f *classFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Var(value.Text{To: &f.class, Kind: "name", Rule: config.NameRule}, "class", "join this class; without a broker its hub on the network is found; without FILE the speed is 1")
	flags.Var(value.Text{To: &f.broker, Kind: "address", Rule: `must be find, embedded or an address such as mqtt://192.168.1.5:1883`}, "broker",
		"join the class at this broker, such as mqtt://192.168.1.5:1883; embedded is a broker of this program")
	flags.Var(value.Text{To: &f.board, Kind: "name", Rule: config.NameRule}, "board", "name of this board in its class (default: the host name)")
	flags.StringVar(&f.code, "code", "", "join `code` of the class; the list of processes shows it to other users: prefer --code-file or "+class.CodeVariable)
	addFile(cmd, &f.codeFile, "code-file", "read the join code from this file; other users must not be able to read it")
	choices(cmd, "broker", "find", "embedded")
}

// check reads the join code and makes the other flags keys of the configuration. Call it before the configuration is read.
func (f *classFlags) check(cmd *cobra.Command, c *configFlags) error {
	if f.class+f.broker != "" && cmd.Flags().NArg() == 0 { // boards of a class run in real time
		c.sets = append([]string{"loop.speed=1"}, c.sets...)
	}
	c.key("net.class", "class", f.class)
	c.key("net.broker", "broker", f.broker)
	c.key("net.board", "board", f.board)
	if err := exclusive(cmd, "code", "code-file"); err != nil {
		return err
	}
	var flag, file *string
	if cmd.Flags().Changed("code") {
		flag = &f.code
	}
	if f.codeFile != "" {
		file = &f.codeFile
	}
	var err error
	f.given, err = joinCode.Given(flag, file, os.LookupEnv)
	return err
}

// options returns the options of the class in a configuration.
func (f *classFlags) options(cmd *cobra.Command, n config.Net) (*class.Options, error) {
	for _, name := range []string{"code", "code-file"} {
		if cmd.Flags().Changed(name) && n.Broker == "" {
			return nil, usage.Errorf("--%s: needs a class: add --class, --broker or the table [net]", name)
		}
	}
	if f.board != "" && f.class == "" && f.broker == "" && n.Broker == "find" && n.Class == "class" {
		return nil, usage.Errorf("--board: needs a class: add --class, or the key class to the table [net]")
	}
	o := &class.Options{Find: discover.Find}
	if f.given != "" {
		o.User, o.Password = n.Class, f.given
	}
	return o, nil
}

// key sets a key of the configuration to the value of a flag, "" for none. An error names the flag.
func (f *configFlags) key(key, flag, value string) {
	if value == "" {
		return
	}
	if f.flags == nil {
		f.flags = map[string]string{}
	}
	f.sets, f.flags[key] = append(f.sets, key+"="+strconv.Quote(value)), "--"+flag
}
