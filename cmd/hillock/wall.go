package main

import (
	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/usage"
	"hillock/cmd/hillock/internal/value"
	"hillock/cmd/hillock/internal/wall"
)

func newWall() *cobra.Command {
	var web webFlags
	var f configFlags
	var in classFlags
	cmd := &cobra.Command{
		Use:   "wall [FILE]",
		Short: "show a class on a projector",
		Long: `wall is a page for the projector. It shows the spikes of all boards of the last 10 s, their rates, what is missing, and who
projects to whom. It reads any MQTT broker: that of 'hillock hub', Mosquitto, EMQX, HiveMQ or NATS. 'hillock hub' has a wall of its own.

Broker, class, login and certificates come from the table [net] of FILE. Without FILE the broker is mqtt://127.0.0.1:1883.

With the token the teacher names, sorts and mutes boards, removes one that is gone, and freezes the picture.`,
		Example: `  hillock wall --class 9b               read a broker on this machine
  hillock wall --class 9b --broker mqtt://school.local:1883 --code-file 9b.code
  hillock wall --class 9b --web=:8080   show it in every browser on the network
  hillock wall --class 9b --broker mqtts://10.0.0.5:1883 --set net.ca=hub.pem`,
		Args: cobra.MatchAll(web.args, atMost(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := web.checkAlways(cmd); err != nil {
				return err
			}
			if in.broker == "" && len(args) == 0 {
				in.broker = "mqtt://127.0.0.1:1883"
			}
			if err := in.check(cmd, &f); err != nil {
				return err
			}
			cfg, err := f.load(cmd, args)
			if err != nil {
				return err
			}
			o, err := in.options(cmd, cfg.Net)
			if err != nil {
				return err
			}
			s := showOf(cmd, cfg.Net.Class, &web)
			if err := s.Join(cfg, o); err != nil {
				return usage.Error{Err: err}
			}
			return wall.Run(cmd.Context(), s)
		},
	}
	addClass(cmd, &in.class)
	cmd.Flags().Var(value.Text{To: &in.broker, Kind: "address", Rule: "must be find or an address such as mqtt://192.168.1.5:1883"}, "broker", "broker of the class, an `address`; find is a hub on the network")
	addFile(cmd, &in.codeFile, "code-file", "connect with the join code in this file; other users must not be able to read it")
	f.add(cmd)
	web.add(cmd)
	return cmd
}
