package played

import (
	"fmt"
	"path/filepath"

	"hillock/config"
	"hillock/neuron/wave"
)

// Recorded is a current from a file, in model time from the start.
type Recorded struct {
	File   string // absolute, or relative to the folder of the configuration
	Of     string // the input of a recording; "": the file has one current alone
	Repeat bool   // without end
}

const ofRule = `must be the name of an input in a recording such as "knob"`

// printOf writes the input of a recording.
func printOf(p *config.Printer, of string) {
	if of != "" {
		p.Text("of", of)
	}
}

// RecordedKind returns the driver "file".
func RecordedKind() config.Kind[config.InputPart] {
	return config.Kind[config.InputPart]{
		Name: "file",
		Keys: []config.Key{{Name: "file", Types: config.Text}, {Name: "repeat", Types: config.Bool}, {Name: "of", Types: config.Text}},
		Decode: func(t *config.Table) config.InputPart {
			var r Recorded
			r.File, _ = t.Given("file", "must be the name of a file with a header time_ms,current_na", "current.csv")
			r.Repeat = t.Yes("repeat")
			r.Of, _ = t.Text("of", ofRule)
			return r
		},
	}
}

// Print implements config.Part.
func (r Recorded) Print(p *config.Printer) {
	p.Text("file", r.File)
	printOf(p, r.Of)
	p.Yes("repeat", r.Repeat)
}

// Claims implements config.Part: there are none.
func (Recorded) Claims() []config.Claim { return nil }

// Range implements config.InputPart with the limits of a file.
func (Recorded) Range() (low, high float64) { return -config.MaxCurrent, config.MaxCurrent }

// In returns the part with an absolute path. The folder is that of the configuration.
func (r Recorded) In(folder string) config.InputPart {
	if r.File != "" && !filepath.IsAbs(r.File) {
		r.File = filepath.Join(folder, r.File)
	}
	return r
}

// CheckFile reads the file before a run begins. The folder is that of the configuration.
func (r Recorded) CheckFile(t *config.Table, folder string) {
	if t.IsBad("file") || r.File == "" {
		return
	}
	_, err := r.Play(folder)
	wrongFile(t, "must be a recorded current", err)
}

// Play reads the file. A relative name is in the given folder.
func (r Recorded) Play(folder string) (config.Wave, error) {
	name := r.File
	if !filepath.IsAbs(name) {
		name = filepath.Join(folder, name)
	}
	w, err := r.load(name)
	if err == nil && r.Repeat {
		w, err = w.Repeated()
	}
	return made(w, err)
}

// load reads the current from its file.
func (r Recorded) load(name string) (*wave.Recorded, error) {
	if r.Of == "" {
		return wave.Load(name)
	}
	in, err := wave.LoadInput(name, r.Of)
	if err == nil && in.Current == nil {
		err = fmt.Errorf("%s: input %s has spikes: use it with driver = \"train\"", name, r.Of)
	}
	if err != nil {
		return nil, err
	}
	return in.Current, nil
}

// Replayed is a recorded current in the place of another part, with the currents at the ends of that part, nA. As a gain it then has
// the same effect.
type Replayed struct {
	Recorded
	Low, High float64
}

// Range implements config.InputPart.
func (r Replayed) Range() (low, high float64) { return r.Low, r.High }

// In returns the part with an absolute path. The folder is that of the configuration.
func (r Replayed) In(folder string) config.InputPart {
	r.Recorded = r.Recorded.In(folder).(Recorded)
	return r
}
