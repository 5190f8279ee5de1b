package config

import (
	"fmt"
	"path/filepath"

	"hillock/neuron/wave"
)

// Played makes the generated current of an input, or reads the recorded one, whose file is sought beside that of the
// configuration.
func (c *Config) Played(in Input) (wave.Wave, error) {
	if in.Driver == "file" {
		return in.recorded(c.File)
	}
	return in.Wave.generated()
}

// recorded reads the file of an input, which is sought beside another one.
func (in Input) recorded(beside string) (wave.Wave, error) {
	name := in.Recorded
	if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(beside), name)
	}
	r, err := wave.Load(name)
	if err == nil && in.Repeat {
		r, err = r.Repeated()
	}
	return made(r, err)
}

// checkRecorded reads the file of each recorded current.
func (d *decoder) checkRecorded(c *Config, file string) {
	for _, in := range c.Inputs {
		p := d.of("input", in.Name)
		if in.Driver != "file" || p.isBad("file") || in.Recorded == "" {
			continue
		}
		if _, err := in.recorded(file); err != nil {
			p.wrong("file", Problem{Rule: "must be a recorded current", Hint: err.Error()})
		}
	}
}

func (w Wave) generated() (wave.Wave, error) {
	switch w.Shape {
	case "constant":
		return made(wave.New(wave.Constant(w.Mean)))
	case "step":
		return made(wave.New(wave.Step{Before: w.From, After: w.To, At: w.At}))
	case "ramp":
		return made(wave.New(wave.Ramp{From: w.From, To: w.To, At: w.At, Over: w.Over}))
	case "sine":
		return made(wave.New(wave.Sine{Mean: w.Mean, Amplitude: w.Amplitude, Frequency: w.Frequency}))
	case "chirp":
		return made(wave.New(wave.Chirp{Mean: w.Mean, Amplitude: w.Amplitude, From: w.Frequency, To: w.SweepTo, Over: w.Over}))
	case "pairs":
		return made(wave.New(wave.Pairs{Low: w.From, High: w.To, At: w.At, Width: w.Width, Apart: w.Apart, Every: w.Every}))
	case "noise":
		return made(wave.NewNoise(w.Mean, w.SD, w.Tau, w.Seed))
	}
	return nil, fmt.Errorf("no such shape: %q", w.Shape)
}

// made is what New has made, as an interface that is nil where it failed.
func made[W wave.Wave](w W, err error) (wave.Wave, error) {
	if err != nil {
		return nil, err
	}
	return w, nil
}
