package config

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"hillock/neuron"
)

// Wave is a generated current; what a shape does not have is zero. See neuron/wave.
type Wave struct {
	Shape               string        // one of shapes
	Mean, From, To      float64       // nA
	Amplitude, SD       float64       // nA
	Frequency, SweepTo  float64       // Hz
	At, Over            time.Duration // of the model
	Width, Apart, Every time.Duration
	Tau                 time.Duration
	Seed                uint64
}

// shapes are the waves, and the keys of each.
func shapes() []driver {
	return []driver{
		{"constant", waveKeys("mean")},
		{"step", waveKeys("from", "to", "at")},
		{"ramp", waveKeys("from", "to", "at", "over")},
		{"sine", waveKeys("mean", "amplitude", "frequency")},
		{"chirp", waveKeys("mean", "amplitude", "sweep", "over")},
		{"pairs", waveKeys("from", "to", "at", "width", "apart", "every")},
		{"noise", waveKeys("mean", "sd", "tau", "seed")},
	}
}

func waveKeys(names ...string) (keys []key) {
	for _, name := range names {
		kinds := textKind
		switch name {
		case "seed":
			kinds = wholeKind
		case "sweep":
			kinds = listKind
		}
		keys = append(keys, key{name, kinds})
	}
	return keys
}

// allWaveKeys are those of the driver.
func allWaveKeys() []key {
	keys := []key{{"shape", textKind}}
	for _, s := range shapes() {
		for _, k := range s.keys {
			if !contains(keys, k.name) {
				keys = append(keys, k)
			}
		}
	}
	return keys
}

const longestWave = 2400 * time.Hour

// wave decodes a generated current.
func (p *part) wave(in *Input) {
	var known []string
	for _, s := range shapes() {
		known = append(known, s.name)
	}
	w := Wave{Shape: p.choice("shape", known...)}
	i := slices.IndexFunc(shapes(), func(s driver) bool { return s.name == w.Shape })
	if i < 0 {
		return
	}
	keys := shapes()[i].keys
	for _, k := range allWaveKeys()[1:] {
		if p.has(k.name) && !contains(keys, k.name) {
			p.wrong(k.name, Problem{Rule: "is not a key of shape " + w.Shape, Hint: "its keys are " + strings.Join(names(keys), ", ")})
		}
	}
	pairs := w.Shape == "pairs"
	for _, k := range keys {
		switch k.name {
		case "mean":
			w.Mean = p.nanoamps("mean", 2)
		case "from":
			w.From = p.nanoamps("from", 0)
		case "to":
			w.To = p.nanoamps("to", map[bool]float64{false: 2, true: 5}[pairs || w.Shape == "ramp"])
		case "amplitude":
			w.Amplitude = p.nanoamps("amplitude", 1)
		case "sd":
			if w.SD = p.nanoamps("sd", 0.5); w.SD < 0 {
				p.wrong("sd", Problem{Rule: "must be 0 nA or more"})
			}
		case "frequency":
			w.Frequency = p.hertz("frequency", 1)
		case "sweep":
			w.Frequency, w.SweepTo = p.sweep()
		case "at":
			w.At = p.time("at", map[bool]time.Duration{true: time.Second}[w.Shape == "step"], 0, longestWave, "")
		case "over":
			w.Over = p.time("over", 10*time.Second, time.Microsecond, longestWave, "")
		case "width":
			w.Width = p.time("width", 5*time.Millisecond, time.Microsecond, longestWave, "")
		case "apart":
			w.Apart = p.time("apart", max(20*time.Millisecond, w.Width), w.Width, longestWave, "width")
		case "every":
			w.Every = p.time("every", max(time.Second, w.Apart+w.Width), w.Apart+w.Width, longestWave, "apart and width")
		case "tau":
			w.Tau = p.time("tau", 5*time.Millisecond, time.Microsecond, longestWave, "")
		case "seed":
			w.Seed = uint64(p.whole("seed", 0, 0, math.MaxInt32))
		}
	}
	in.Wave = w
	in.Low, in.High = w.most()
}

// most are the lowest and the highest current of a wave; of noise, what it seldom leaves.
func (w Wave) most() (low, high float64) {
	spread := math.Abs(w.Amplitude) + 3*w.SD
	switch w.Shape {
	case "step", "ramp", "pairs":
		return min(w.From, w.To), max(w.From, w.To)
	}
	return w.Mean - spread, w.Mean + spread
}

// nanoamps is a current in nA.
func (p *part) nanoamps(key string, byDefault float64) float64 {
	v := p.float(key, current(), byDefault)
	if !p.isBad(key) && !(math.Abs(v) <= neuron.MaxCurrent) {
		p.wrong(key, Problem{Rule: fmt.Sprintf("must be between -%s nA and %[1]s nA", formatFloat(neuron.MaxCurrent))})
	}
	if p.isBad(key) {
		return byDefault
	}
	return v
}

const hertzRule = "must be between 0 Hz and 1 MHz"

// hertz is a frequency of a wave.
func (p *part) hertz(key string, byDefault float64) float64 {
	v := p.float(key, frequency(), byDefault)
	if !p.isBad(key) && !(v >= 0 && v <= 1e6) {
		p.wrong(key, Problem{Rule: hertzRule})
	}
	if p.isBad(key) {
		return byDefault
	}
	return v
}

// sweep is the frequencies that a chirp goes from and to, Hz.
func (p *part) sweep() (from, to float64) {
	const rule = `must be two frequencies between 0 Hz and 1 MHz such as ["1 Hz", "50 Hz"]`
	n := p.value("sweep", listKind, rule)
	if n == nil {
		return 1, 50
	}
	var ends [2]float64
	good := len(n.items) == 2
	for i := 0; good && i < 2; i++ {
		v, wrong := frequency().float(n.items[i].text)
		good = wrong == nil && n.items[i].kind == textKind && v >= 0 && v <= 1e6
		ends[i] = v
	}
	if !good {
		p.wrong("sweep", Problem{Rule: rule})
		return 1, 50
	}
	return ends[0], ends[1]
}

// lines are the keys of a wave, as the file has them.
func (w Wave) lines() string {
	var b strings.Builder
	fmt.Fprintf(&b, "shape = %q\n", w.Shape)
	i := slices.IndexFunc(shapes(), func(s driver) bool { return s.name == w.Shape })
	for _, k := range shapes()[max(0, i)].keys {
		value := map[string]func() string{
			"mean": func() string { return quotedUnit(w.Mean, "nA") }, "from": func() string { return quotedUnit(w.From, "nA") },
			"to": func() string { return quotedUnit(w.To, "nA") }, "amplitude": func() string { return quotedUnit(w.Amplitude, "nA") },
			"sd": func() string { return quotedUnit(w.SD, "nA") }, "frequency": func() string { return quotedUnit(w.Frequency, "Hz") },
			"sweep": func() string { return "[" + quotedUnit(w.Frequency, "Hz") + ", " + quotedUnit(w.SweepTo, "Hz") + "]" },
			"at":    func() string { return fmt.Sprintf("%q", formatTime(w.At)) }, "over": func() string { return fmt.Sprintf("%q", formatTime(w.Over)) },
			"width": func() string { return fmt.Sprintf("%q", formatTime(w.Width)) }, "apart": func() string { return fmt.Sprintf("%q", formatTime(w.Apart)) },
			"every": func() string { return fmt.Sprintf("%q", formatTime(w.Every)) }, "tau": func() string { return fmt.Sprintf("%q", formatTime(w.Tau)) },
			"seed": func() string { return fmt.Sprint(w.Seed) },
		}[k.name]
		fmt.Fprintf(&b, "%s = %s\n", k.name, value())
	}
	return b.String()
}

func quotedUnit(v float64, unit string) string { return `"` + formatFloat(v) + " " + unit + `"` }
