package main

import (
	"os"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/secret"
	"hillock/cmd/hillock/internal/serve"
	"hillock/cmd/hillock/internal/usage"
	"hillock/cmd/hillock/internal/value"
)

// webFlags are the flags of the page in a browser.
type webFlags struct {
	web, addr, token, tokenFile string
	clients, perAddress         int

	given string // token from the flags or the environment, "" for none
}

const webAddr = "127.0.0.1:8080"

// webToken is the token for changes on the page.
var webToken = secret.Kind{Flag: "--web-token", Variable: serve.TokenVariable, Min: 8}

func (f *webFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	address := func(to *string) value.Text { return value.Text{To: to, Kind: "address", Rule: value.AddressRule} }
	flags.Var(address(&f.web), "web", "serve the page at this `address`: --web alone is "+webAddr+", for this machine; --web=:8080 is for the whole network")
	flags.Lookup("web").NoOptDefVal = webAddr
	flags.Var(address(&f.addr), "web-addr", "serve the page at this `address`, as --web=ADDRESS does")
	choices(cmd, "web", webAddr, ":8080")
	choices(cmd, "web-addr", webAddr, ":8080")
	flags.StringVar(&f.token, "web-token", "", "`token` required to make changes (default: none for this machine, random and printed for the network); "+
		"the list of processes shows it to other users: prefer --web-token-file or "+serve.TokenVariable)
	addFile(cmd, &f.tokenFile, "web-token-file", "read the token from this file; other users must not be able to read it")
	flags.IntVar(&f.clients, "web-clients", 100, "largest `number` of viewers; one more may enter with the token")
	flags.IntVar(&f.perAddress, "web-per-address", 8, "largest `number` of viewers from one IP address; viewers behind a proxy or an SSH tunnel share one")
}

// args refuses an address after --web and a blank: pflag takes it for FILE.
func (f *webFlags) args(_ *cobra.Command, args []string) error {
	for _, arg := range args {
		if _, err := os.Stat(arg); f.web == webAddr && err != nil && value.CheckAddress(arg) == nil {
			return usage.Errorf("%s: no space before the address of --web: write --web=%[1]s or --web-addr %[1]s", arg)
		}
	}
	return nil
}

// choose sets addr to the address of --web or --web-addr, "" without both.
func (f *webFlags) choose(changed func(name string) bool) error {
	flag := "--web-addr"
	if !changed("web-addr") {
		if !changed("web") {
			return nil
		}
		flag, f.addr = "--web", f.web
	} else if changed("web") && f.web != webAddr {
		return usage.Errorf("--web=%s, --web-addr: cannot be given together: choose one", f.web)
	}
	if err := value.CheckAddress(f.addr); err != nil {
		return usage.Errorf("%s: %w", flag, err)
	}
	return nil
}

// checkAlways checks the flags of a command with a page in any case.
func (f *webFlags) checkAlways(cmd *cobra.Command) error {
	if changed := cmd.Flags().Changed; !changed("web") && !changed("web-addr") {
		must(cmd.Flags().Set("web", webAddr))
	}
	return f.check(cmd)
}

func (f *webFlags) check(cmd *cobra.Command) error {
	changed := cmd.Flags().Changed
	if err := f.choose(changed); err != nil {
		return err
	}
	if f.addr == "" {
		for _, name := range []string{"web-token", "web-token-file", "web-clients", "web-per-address"} {
			if changed(name) {
				return usage.Errorf("--%s: needs --web", name)
			}
		}
		return nil
	}
	if f.clients < 1 {
		return usage.Errorf("--web-clients: must be at least 1, got %d", f.clients)
	}
	if f.perAddress < 1 {
		return usage.Errorf("--web-per-address: must be at least 1, got %d", f.perAddress)
	}
	if err := exclusive(cmd, "web-token", "web-token-file"); err != nil {
		return err
	}
	var flag, file *string
	if changed("web-token") {
		flag = &f.token
	}
	if changed("web-token-file") {
		file = &f.tokenFile
	}
	var err error
	f.given, err = webToken.Given(flag, file, os.LookupEnv)
	return err
}
