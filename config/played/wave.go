// Package played has the drivers "wave", "file" and "train": generated and recorded currents, and spikes, in model time. They need
// no hardware. The list of hw/part names them like any other kind. They are here because hw must not import neuron.
package played

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"hillock/config"
	"hillock/neuron/wave"
)

// Wave is a generated current, in model time from the start. Fields of other shapes are zero. See neuron/wave.
type Wave struct {
	Shape               string        // one of shapes
	Mean, From, To      float64       // nA
	Amplitude, SD       float64       // nA
	Frequency, SweepTo  float64       // Hz
	At, Over            time.Duration // model time
	Width, Apart, Every time.Duration
	Tau                 time.Duration
	Seed                int
}

// A shape is a shape of a wave with its keys, in the order of a file.
type shape struct {
	name string
	keys []string
}

func shapes() []shape {
	return []shape{
		{"constant", []string{"mean"}},
		{"step", []string{"from", "to", "at"}},
		{"ramp", []string{"from", "to", "at", "over"}},
		{"sine", []string{"mean", "amplitude", "frequency"}},
		{"chirp", []string{"mean", "amplitude", "sweep", "over"}},
		{"pairs", []string{"from", "to", "at", "width", "apart", "every"}},
		{"noise", []string{"mean", "sd", "tau", "seed"}},
	}
}

// keysOfShape returns the keys of a shape, or nil for an unknown one.
func keysOfShape(name string) []string {
	for _, s := range shapes() {
		if s.name == name {
			return s.keys
		}
	}
	return nil
}

// WaveKind returns the driver "wave".
func WaveKind() config.Kind[config.InputPart] {
	all := []config.Key{{Name: "shape", Types: config.Text}}
	for _, s := range shapes() {
		for _, name := range s.keys {
			if !slices.ContainsFunc(all, func(k config.Key) bool { return k.Name == name }) {
				all = append(all, config.Key{Name: name, Types: waveType(name)})
			}
		}
	}
	return config.Kind[config.InputPart]{Name: "wave", Keys: all, Decode: decodeWave}
}

// waveType returns the type of a key.
func waveType(key string) config.Types {
	switch key {
	case "seed":
		return config.Whole
	case "sweep":
		return config.List
	}
	return config.Text
}

const longestWave = 2400 * time.Hour

func decodeWave(t *config.Table) config.InputPart {
	var names []string
	for _, s := range shapes() {
		names = append(names, s.name)
	}
	w := Wave{Shape: t.Choice("shape", names...)}
	own := keysOfShape(w.Shape)
	if own == nil {
		return w
	}
	for _, k := range WaveKind().Keys[1:] {
		if t.Has(k.Name) && !slices.Contains(own, k.Name) {
			t.Unknown(k.Name, "the keys of shape "+w.Shape+" are "+strings.Join(own, ", "))
		}
	}
	for _, key := range own {
		w.decode(t, key)
	}
	return w
}

// decode decodes one key.
func (w *Wave) decode(t *config.Table, key string) {
	switch key {
	case "mean":
		w.Mean = t.Nanoamps(key, 2)
	case "from":
		w.From = t.Nanoamps(key, 0)
	case "to":
		w.To = t.Nanoamps(key, map[string]float64{"step": 2, "ramp": 5, "pairs": 5}[w.Shape])
	case "amplitude":
		w.Amplitude = t.Nanoamps(key, 1)
	case "sd":
		if w.SD = t.Nanoamps(key, 0.5); w.SD < 0 {
			t.Wrong(key, config.Problem{Rule: "must be 0 nA or more"})
		}
	case "frequency":
		w.Frequency = t.Hertz(key, "1 Hz", 1, config.Limits{Low: 0, High: mostHertz, Words: hertzWords})
	case "sweep":
		w.Frequency, w.SweepTo = decodeSweep(t)
	case "at":
		w.At = t.Time(key, map[string]time.Duration{"step": time.Second}[w.Shape], 0, longestWave, "")
	case "over":
		w.Over = t.Time(key, 10*time.Second, time.Microsecond, longestWave, "")
	case "width":
		w.Width = t.Time(key, 5*time.Millisecond, time.Microsecond, longestWave, "")
	case "apart":
		w.Apart = t.Time(key, max(20*time.Millisecond, w.Width), w.Width, longestWave, "width")
	case "every":
		w.Every = t.Time(key, max(time.Second, w.Apart+w.Width), w.Apart+w.Width, longestWave, "apart and width")
	case "tau":
		w.Tau = t.Time(key, 5*time.Millisecond, time.Microsecond, longestWave, "")
	case "seed":
		w.Seed = t.Whole(key, 0, 0, math.MaxInt32)
	}
}

const (
	mostHertz  = 1e6
	hertzWords = "0 Hz and 1 MHz"
)

// decodeSweep returns the first and the last frequency of a chirp, Hz.
func decodeSweep(t *config.Table) (from, to float64) {
	const rule = `must be two frequencies between ` + hertzWords + ` such as ["1 Hz", "50 Hz"]`
	items, ok := t.List("sweep", rule)
	if !ok {
		return 1, 50
	}
	var ends []float64
	for _, item := range items {
		text, isText := item.Text()
		if v, wrong := config.ParseFrequency(text); isText && wrong == nil && v >= 0 && v <= mostHertz {
			ends = append(ends, v)
		}
	}
	if len(items) != 2 || len(ends) != 2 {
		t.Wrong("sweep", config.Problem{Rule: rule})
		return 1, 50
	}
	return ends[0], ends[1]
}

// Print implements config.Part.
func (w Wave) Print(p *config.Printer) {
	p.Text("shape", w.Shape)
	for _, key := range keysOfShape(w.Shape) {
		switch key {
		case "mean":
			p.Quantity(key, w.Mean, "nA")
		case "from":
			p.Quantity(key, w.From, "nA")
		case "to":
			p.Quantity(key, w.To, "nA")
		case "amplitude":
			p.Quantity(key, w.Amplitude, "nA")
		case "sd":
			p.Quantity(key, w.SD, "nA")
		case "frequency":
			p.Quantity(key, w.Frequency, "Hz")
		case "sweep":
			p.Quantities(key, "Hz", w.Frequency, w.SweepTo)
		case "at":
			p.Time(key, w.At)
		case "over":
			p.Time(key, w.Over)
		case "width":
			p.Time(key, w.Width)
		case "apart":
			p.Time(key, w.Apart)
		case "every":
			p.Time(key, w.Every)
		case "tau":
			p.Time(key, w.Tau)
		case "seed":
			p.Whole(key, w.Seed)
		}
	}
}

// Claims implements config.Part: there are none.
func (Wave) Claims() []config.Claim { return nil }

// Range implements config.InputPart with the smallest and the largest current. For noise these are three standard deviations from
// the mean.
func (w Wave) Range() (low, high float64) {
	switch w.Shape {
	case "step", "ramp", "pairs":
		return min(w.From, w.To), max(w.From, w.To)
	}
	spread := math.Abs(w.Amplitude) + 3*w.SD
	return w.Mean - spread, w.Mean + spread
}

// Play returns the current.
func (w Wave) Play(string) (config.Wave, error) {
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
		return made(wave.NewNoise(w.Mean, w.SD, w.Tau, uint64(w.Seed)))
	}
	return nil, fmt.Errorf("no such shape: %q", w.Shape)
}

// made returns a new wave as an interface, and nil with an error.
func made[W config.Wave](w W, err error) (config.Wave, error) {
	if err != nil {
		return nil, err
	}
	return w, nil
}

// ShapeName returns the shape.
func (w Wave) ShapeName() string { return w.Shape }

// Noisy reports whether the current has noise.
func (w Wave) Noisy() bool { return w.SD > 0 }

// Random returns the seed of the noise, and a name for it, or "" without noise.
func (w Wave) Random() (seed uint64, what string) {
	if w.Noisy() {
		what = "noise"
	}
	return uint64(w.Seed), what
}
