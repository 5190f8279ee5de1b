package recording

import (
	"errors"
	"path/filepath"
	"slices"

	"hillock/config"
	"hillock/config/played"
	"hillock/neuron/wave"
)

// Replay returns a configuration with the inputs of a recording in place of its own. Played spikes stay: they are the same in each
// run. Each of the others must be in the recording. Without a file it returns the configuration itself.
func Replay(cfg *config.Config, file string) (*config.Config, error) {
	if file == "" {
		return cfg, nil
	}
	path, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	other := *cfg
	other.Inputs = slices.Clone(cfg.Inputs)
	for i := range other.Inputs {
		in := &other.Inputs[i]
		if _, ok := in.Part.(config.TrainInput); ok {
			continue
		}
		rec, err := wave.LoadInput(file, in.Name)
		if err != nil {
			return nil, err
		}
		_, spikes := in.Part.(config.SpikeInput)
		switch low, high := in.Part.Range(); {
		case spikes && rec.Current != nil:
			return nil, errors.New(file + ": input " + in.Name + " has currents, the configuration's has spikes: record the same configuration")
		case !spikes && rec.Current == nil:
			return nil, errors.New(file + ": input " + in.Name + " has spikes, the configuration's is a current: record the same configuration")
		case spikes:
			in.Driver, in.Part = "train", played.Train{File: path, Of: in.Name}
		default:
			in.Driver, in.Part = "file", played.Replayed{Recorded: played.Recorded{File: path, Of: in.Name}, Low: low, High: high}
		}
	}
	return &other, nil
}
