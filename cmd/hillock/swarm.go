package main

import (
	"time"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/swarm"
	"hillock/cmd/hillock/internal/value"
	"hillock/config"
)

func newSwarm() *cobra.Command {
	load := swarm.Load{Broker: "mqtt://127.0.0.1:1883", Class: "swarm", Boards: 30, Neurons: 3, Rate: 100, Readers: 1, Seed: 1}
	batch, duration := value.Time{Duration: 50 * time.Millisecond}, value.Time{Duration: 10 * time.Second}
	var codeFile, json string
	cmd := &cobra.Command{
		Use:    "swarm",
		Short:  "load a broker with simulated boards",
		Hidden: true, // a tool for tests and planning
		Long: `swarm loads a broker with simulated boards, to plan a class. Each board has a connection of its own, and sends hello,
rates and batches of spikes as a real board does. Readers subscribe the whole class, as a wall does. At the end swarm prints the
messages per second, the lost batches with each gap, the delay, and its own lateness. The boards leave no message on the broker.`,
		Example: `  hillock swarm                       30 boards on this machine's broker
  hillock swarm --boards 500 --duration "1 min" --cpu-of 1234
  hillock swarm --broker mqtt://school.local:1883 --class 9b --code-file 9b.code`,
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			load.Batch, load.Duration = batch.Duration, duration.Duration
			if err := outfile.FlagData("json", json, codeFile); err != nil {
				return err
			}
			var err error
			if load.Code, err = swarm.ReadCode(codeFile); err != nil {
				return err
			}
			r, err := swarm.Run(cmd.Context(), cmd.ErrOrStderr(), load)
			if err != nil {
				return err
			}
			return r.Show(cmd.OutOrStdout(), cmd.ErrOrStderr(), json)
		},
	}
	flags := cmd.Flags()
	flags.Var(value.Text{To: &load.Broker, Kind: "address", Rule: "must be an address such as mqtt://127.0.0.1:1883"}, "broker", "broker to load")
	flags.Var(value.Text{To: &load.Class, Kind: "name", Rule: config.NameRule}, "class", "class of the boards")
	addFile(cmd, &codeFile, "code-file", "connect with the join code in this file; other users must not be able to read it")
	flags.IntVar(&load.Boards, "boards", load.Boards, "`number` of boards")
	flags.IntVar(&load.Neurons, "neurons", load.Neurons, "`number` of neurons of each board")
	flags.Float64Var(&load.Rate, "rate", load.Rate, "firing rate of each neuron, a `number` in Hz")
	flags.Var(&batch, "batch", "time of a batch")
	flags.Var(&duration, "duration", "time to send")
	flags.IntVar(&load.Readers, "readers", load.Readers, "`number` of readers; each is a load as a wall is")
	flags.IntVar(&load.Process, "cpu-of", 0, "measure processor time and memory of the process with this `number`, the broker's (Linux)")
	flags.Uint64Var(&load.Seed, "seed", load.Seed, "`number` of the random phases of boards and neurons")
	addFile(cmd, &json, "json", "write the figures as JSON to this file, - for standard output", "json")
	return cmd
}
