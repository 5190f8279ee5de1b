package main

import (
	"os"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/usage"
	"hillock/cmd/hillock/internal/value"
	"hillock/cmd/hillock/internal/wall"
)

func newWall() *cobra.Command {
	var web webFlags
	className, broker, codeFile := "class", "mqtt://127.0.0.1:1883", ""
	cmd := &cobra.Command{
		Use:   "wall",
		Short: "show a class on a projector",
		Long: `wall is a page for the projector. It shows the spikes of all boards of the last 10 s, their rates, what is missing, and who
projects to whom. It reads any MQTT broker: that of 'hillock hub', Mosquitto, EMQX, HiveMQ or NATS. 'hillock hub' has a wall of its own.

With the token the teacher names, sorts and mutes boards, removes one that is gone, and freezes the picture.`,
		Example: `  hillock wall --class 9b               read a broker on this machine
  hillock wall --class 9b --broker mqtt://school.local:1883 --code-file 9b.code
  hillock wall --class 9b --web=:8080   show it in every browser on the network`,
		Args: webArgs(&web),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := web.checkAlways(cmd); err != nil {
				return err
			}
			if err := class.CheckName(className); err != nil {
				return usage.Errorf("--class: %w", err)
			}
			var file *string
			if cmd.Flags().Changed("code-file") {
				file = &codeFile
			}
			code, err := joinCode.Given(nil, file, os.LookupEnv)
			if err != nil {
				return err
			}
			s := showOf(cmd, className, &web)
			if err := s.Join(broker, code); err != nil {
				return usage.Error{Err: err}
			}
			return wall.Run(cmd.Context(), s)
		},
	}
	addClass(cmd, &className)
	cmd.Flags().Var(value.Text{To: &broker, Kind: "address", Rule: "must be an address such as mqtt://192.168.1.5:1883"}, "broker", "broker of the class, an `address`")
	addFile(cmd, &codeFile, "code-file", "connect with the join code in this file; other users must not be able to read it")
	web.add(cmd)
	return cmd
}
