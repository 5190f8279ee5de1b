// Package part defines the kinds of parts for a configuration, one file for each kind. A file has the keys of the part, its
// pins and its places on buses, its opening on a Pi, its model on the virtual Pi, its wires, its checks, and its names for
// people. The interfaces are declared by their users: config, hw/board, hw/wiring, hw/doctor and the commands.
package part

import (
	"hillock/config"
	"hillock/config/played"
	"hillock/hw/wiring"
)

// Kinds returns all kinds of parts, in the order of the messages. The built-in configuration has the first input and the
// first output.
func Kinds() config.Kinds {
	return config.Kinds{
		Inputs: append(mcp3xxxKinds(),
			ads1115Kind(),
			rcKind(),
			ldrKind(),
			played.WaveKind(),
			played.RecordedKind(),
			played.TrainKind(),
			edgeKind(),
		),
		Outputs: []config.Kind[config.Part]{
			pulseKind(),
			buzzerKind(),
			barKind(),
			apa102Kind(),
			oledKind(),
			servoKind(),
			mcp4725Kind(), mcp49xxKind("mcp4921"), mcp49xxKind("mcp4922"),
		},
		Kit: wiring.Problems,
	}
}

// keys returns keys of one type.
func keys(types config.Types, names ...string) (all []config.Key) {
	for _, name := range names {
		all = append(all, config.Key{Name: name, Types: types})
	}
	return all
}
