package main

import (
	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/broker"
	"hillock/cmd/hillock/internal/hub"
	"hillock/cmd/hillock/internal/release"
	"hillock/cmd/hillock/internal/usage"
	"hillock/cmd/hillock/internal/value"
	"hillock/cmd/hillock/internal/wall"
	"hillock/config"
)

func newHub() *cobra.Command {
	o := hub.Options{Listen: broker.DefaultListen}
	var web webFlags
	className := "class"
	cmd := &cobra.Command{
		Use:   "hub",
		Short: "start the broker of a class, and its wall",
		Long: `hub is all that a class needs: the broker of its boards, and the wall, a page for the projector. The wall shows the spikes
of all boards of the last 10 s, their rates, what is missing, and who projects to whom.

Without --listen, boards of this machine alone can join. With --listen :1883 the boards in the room join with the join code. hub
makes the code once and keeps it in the folder of its state. The wall shows the code to browsers on this machine and to those
with the token. All others watch without it.

With the token the teacher names, sorts and mutes boards, removes one that is gone, and freezes the picture.`,
		Example: `  hillock hub                              try it on this machine
  hillock hub --class 9b --listen :1883    boards in the room join
  hillock hub --class 9b --listen :1883 --web=:8080
                                           browsers in the room watch too`,
		Args: webArgs(&web),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := web.checkAlways(cmd); err != nil {
				return err
			}
			if !config.ValidListen(o.Listen) {
				return usage.Errorf("--listen: %s, got %q", config.ListenRule, o.Listen)
			}
			if (o.Cert == "") != (o.Key == "") {
				return usage.Errorf("--tls-cert, --tls-key: must be given together")
			}
			o.Show = showOf(cmd, className, &web)
			return hub.Run(cmd.Context(), o)
		},
	}
	flags := cmd.Flags()
	addClass(cmd, &className)
	flags.Var(value.Text{To: &o.Listen, Kind: "address", Rule: config.ListenRule}, "listen", "`address` of the broker: :1883 is for the whole network")
	choices(cmd, "listen", broker.DefaultListen, ":1883")
	flags.BoolVar(&o.TLS, "tls", false, "encrypt with a certificate that hub makes at its first start")
	addFile(cmd, &o.Cert, "tls-cert", "encrypt with the certificate in this PEM file", "pem")
	addFile(cmd, &o.Key, "tls-key", "key of the certificate, a PEM file", "pem")
	web.add(cmd)
	return cmd
}

func addClass(cmd *cobra.Command, name *string) {
	cmd.Flags().Var(value.Text{To: name, Kind: "name", Rule: config.NameRule}, "class", "`name` of the class")
}

// webArgs permits no argument, and explains an address after --web and a blank.
func webArgs(web *webFlags) cobra.PositionalArgs { return cobra.MatchAll(web.args, atMost(0)) }

// showOf returns the wall of the flags.
func showOf(cmd *cobra.Command, className string, web *webFlags) wall.Show {
	s := wall.Show{Addr: web.addr, Given: web.given, Err: cmd.ErrOrStderr()}
	s.Class, s.Clients, s.PerAddress, s.Version = className, web.clients, web.perAddress, release.Line(version)
	return s
}
