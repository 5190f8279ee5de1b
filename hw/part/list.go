// Package part has the kinds of parts that a configuration can name, one file for each: its keys, the pins and places on
// buses that it claims, how it is opened on a Pi, what stands for it on a virtual Pi, its wires, its checks, and what a
// person calls it. What a kind has to be able to do is declared where it is asked for: in config, hw/board, hw/wiring,
// hw/doctor and the commands.
package part

import (
	"hillock/config"
	"hillock/config/played"
)

// Kinds are all kinds of parts, in the order in which messages name them. The first one of each stands in the built-in
// configuration.
func Kinds() config.Kinds {
	return config.Kinds{
		Inputs: append(mcp3xxxKinds(),
			ads1115Kind(),
			rcKind(),
			played.WaveKind(),
			played.RecordedKind(),
		),
		Outputs: []config.Kind[config.Part]{
			pulseKind(),
			barKind(),
			apa102Kind(),
			oledKind(),
		},
	}
}

// keys are those of one type.
func keys(types config.Types, names ...string) (all []config.Key) {
	for _, name := range names {
		all = append(all, config.Key{Name: name, Types: types})
	}
	return all
}
