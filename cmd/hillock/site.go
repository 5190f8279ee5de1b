package main

import (
	"fmt"
	"net"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/show"
	"hillock/cmd/hillock/internal/usage"
)

// webFlags are those of the page in a browser.
type webFlags struct {
	web, addr, token, tokenFile string
	clients, perAddress         int

	given string // the token that the user gave, "" for none
}

const webAddr = "127.0.0.1:8080"

func (f *webFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.web, "web", "", "show the run to browsers that come to this `address`: --web alone is "+webAddr+", --web=:8080 lets the whole network watch")
	flags.Lookup("web").NoOptDefVal = webAddr
	flags.StringVar(&f.addr, "web-addr", "", "show the run to browsers that come to this `address`, as --web=ADDRESS does")
	choices(cmd, "web", webAddr, ":8080")
	choices(cmd, "web-addr", webAddr, ":8080")
	flags.StringVar(&f.token, "web-token", "", "`token` that a browser must give to make changes; other users of this machine see it in the list of processes, which --web-token-file and "+
		show.TokenVariable+" avoid (default: none on an address of this machine alone, otherwise random and printed)")
	flags.StringVar(&f.tokenFile, "web-token-file", "", "read the token from this `file`, which other users must not be able to read; without it and --web-token, the environment variable "+
		show.TokenVariable+" may hold the token")
	flags.IntVar(&f.clients, "web-clients", 100, "how many browsers may look on at a time; one more may with the token")
	flags.IntVar(&f.perAddress, "web-per-address", 8, "how many of these may come from one IP address; browsers behind a proxy or an SSH tunnel share one address, which then needs as many as --web-clients")
}

// args refuses an address that stands after --web and a blank, where pflag takes it for FILE.
func (f *webFlags) args(_ *cobra.Command, args []string) error {
	for _, arg := range args {
		if _, err := os.Stat(arg); f.web == webAddr && err != nil && checkAddr(arg) == nil {
			return usage.Errorf("%s: an address does not follow --web after a space: write --web=%[1]s or --web-addr %[1]s", arg)
		}
	}
	return nil
}

// checkAddr returns an error unless addr is an address to listen on.
func checkAddr(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if _, wrong := strconv.ParseUint(port, 10, 16); err != nil || wrong != nil {
		return fmt.Errorf("must be an address such as %s or :8080, got %q", webAddr, addr)
	}
	return nil
}

// choose sets addr to the address that --web or --web-addr gives, "" where neither is given.
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
	if err := checkAddr(f.addr); err != nil {
		return usage.Errorf("%s: %w", flag, err)
	}
	return nil
}

func (f *webFlags) check(cmd *cobra.Command) error {
	changed := cmd.Flags().Changed
	if err := f.choose(changed); err != nil {
		return err
	}
	if f.addr == "" {
		for _, name := range []string{"web-token", "web-token-file", "web-clients", "web-per-address"} {
			if changed(name) {
				return usage.Errorf("--%s: goes with --web", name)
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
	f.given, err = givenToken(flag, file, os.LookupEnv)
	return err
}
