package played

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"hillock/config"
	"hillock/neuron"
	"hillock/neuron/wave"
)

// Train is a spike input: spikes at given times, from a file, or at random.
type Train struct {
	Times string        // as in a file, ascending, separated by commas: "10 ms, 20 ms"
	File  string        // absolute, or relative to the folder of the configuration
	Of    string        // the input of a recording; "": the file has spikes alone
	Every time.Duration // the times repeat with this period; 0: they do not
	Rate  float64       // of a Poisson process, Hz
	Seed  int           // of the Poisson process
}

// trainKeys returns the keys of a train with times, file or rate.
func trainKeys(form string) []string {
	switch form {
	case "rate":
		return []string{"rate", "seed"}
	case "file":
		return []string{"file", "of", "every"}
	}
	return []string{form, "every"}
}

// TrainKind returns the driver "train".
func TrainKind() config.Kind[config.InputPart] {
	return config.Kind[config.InputPart]{
		Name: "train",
		Keys: []config.Key{{Name: "times", Types: config.List}, {Name: "file", Types: config.Text}, {Name: "every", Types: config.Text},
			{Name: "rate", Types: config.Text}, {Name: "seed", Types: config.Whole}, {Name: "of", Types: config.Text}},
		Decode: decodeTrain,
	}
}

func decodeTrain(t *config.Table) config.InputPart {
	var r Train
	forms := []string{"times", "file", "rate"}
	i := slices.IndexFunc(forms, t.Has)
	if i < 0 {
		t.Wrong("", config.Problem{Rule: "must have times, file or rate", Hint: `add times = ["10 ms"] or rate = "20 Hz"`})
		return r
	}
	for _, k := range TrainKind().Keys {
		if t.Has(k.Name) && !slices.Contains(trainKeys(forms[i]), k.Name) {
			t.Wrong(k.Name, config.Problem{Rule: "must be left out with " + forms[i]})
		}
	}
	dt := t.Loop().DT
	switch forms[i] {
	case "times":
		r.Times = decodeTimes(t, dt)
	case "file":
		r.File, _ = t.Given("file", "must be the name of a file with a header time_ms", "spikes.csv")
		r.Of, _ = t.Text("of", ofRule)
		if t.Has("of") && t.Has("every") {
			t.Wrong("every", config.Problem{Rule: "must be left out with of"})
		}
	case "rate":
		most := 1 / dt.Seconds()
		r.Rate = t.Hertz("rate", "20 Hz", 0, config.Limits{Low: 0, High: most, Words: fmt.Sprintf("0 Hz and %g Hz, one spike a step", most)})
		r.Seed = t.Whole("seed", 0, 0, math.MaxInt32)
		return r
	}
	if t.Has("every") {
		r.Every = t.Time("every", 0, dt, longestWave, "dt")
	}
	if t.IsBad("every") || t.IsBad("times") {
		return r
	}
	if r.Every%dt != 0 {
		t.Wrong("every", config.Problem{Rule: "must be a multiple of dt (" + config.FormatTime(dt) + ")"})
	} else if steps := r.steps(dt); len(steps) > 0 && r.Every > 0 && steps[len(steps)-1] > int64(r.Every/dt) {
		t.Wrong("every", config.Problem{Rule: "must be at least the last time (" + strings.TrimSpace(r.Times[strings.LastIndexByte(r.Times, ',')+1:]) + ")"})
	}
	return r
}

// decodeTimes returns the times of a train as in Train.Times.
func decodeTimes(t *config.Table, dt time.Duration) string {
	const key, rule = "times", `must be a list of times such as ["10 ms", "20 ms"]`
	items, ok := t.List(key, rule)
	if ok && len(items) == 0 {
		t.Wrong(key, config.Problem{Rule: rule})
	}
	var texts []string
	last := int64(0)
	for _, item := range items {
		at, wrong := item.Time(0, longestWave)
		step := wave.SpikeStep(at, dt)
		if wrong == nil && step <= last {
			wrong = &config.Problem{Rule: "must be at least one step of dt (" + config.FormatTime(dt) + ") after the time before (" + texts[len(texts)-1] + ")"}
			if before, _ := config.ParseTime(texts[len(texts)-1]); at < before {
				wrong.Hint = "sort the times"
			}
		}
		if wrong != nil {
			t.WrongItem(key, item, *wrong)
			return ""
		}
		last, texts = step, append(texts, config.FormatTime(at))
	}
	return strings.Join(texts, ", ")
}

// steps returns the steps of the given times.
func (r Train) steps(dt time.Duration) (steps []int64) {
	if r.Times == "" {
		return nil
	}
	for text := range strings.SplitSeq(r.Times, ", ") {
		at, _ := config.ParseTime(text) // written by decodeTimes
		steps = append(steps, wave.SpikeStep(at, dt))
	}
	return steps
}

// Print implements config.Part.
func (r Train) Print(p *config.Printer) {
	switch {
	case r.Times != "":
		p.Texts("times", strings.Split(r.Times, ", ")...)
	case r.File != "":
		p.Text("file", r.File)
		printOf(p, r.Of)
	default:
		p.Quantity("rate", r.Rate, "Hz")
		p.Whole("seed", r.Seed)
	}
	if r.Every > 0 {
		p.Time("every", r.Every)
	}
}

// Claims implements config.Part: there are none.
func (Train) Claims() []config.Claim { return nil }

// Range implements config.InputPart: spikes are no current.
func (Train) Range() (low, high float64) { return 0, 0 }

// In returns the part with an absolute path. The folder is that of the configuration.
func (r Train) In(folder string) config.InputPart {
	if r.File != "" && !filepath.IsAbs(r.File) {
		r.File = filepath.Join(folder, r.File)
	}
	return r
}

// CheckFile reads the file before a run begins. The folder is that of the configuration.
func (r Train) CheckFile(t *config.Table, folder string) {
	if r.File == "" || t.IsBad("file") || t.IsBad("every") {
		return
	}
	_, err := r.Train(folder, t.Loop().DT)
	wrongFile(t, "must be a file of spikes", err)
}

// FromOutside implements config.SpikeInput.
func (Train) FromOutside() bool { return false }

// Train implements config.TrainInput.
func (r Train) Train(folder string, dt time.Duration) (neuron.Train, error) {
	steps := neuron.Steps(r.steps(dt))
	switch {
	case r.Of != "":
		return r.recorded(folder)
	case r.File != "":
		name := r.In(folder).(Train).File
		all, err := wave.LoadSpikes(name, dt)
		if err != nil {
			return nil, err
		}
		if r.Every > 0 && all[len(all)-1] > int64(r.Every/dt) {
			return nil, fmt.Errorf("%s: the last spike must be at most every (%s) after the start", name, config.FormatTime(r.Every))
		}
		steps = all
	case r.Times == "":
		return neuron.Poisson{Seed: uint64(r.Seed), Rate: r.Rate, DT: float64(dt) / 1e6}, nil
	}
	if r.Every > 0 {
		return periodic{steps, int64(r.Every / dt)}, nil
	}
	return steps, nil
}

// recorded returns the spikes of an input of a recording.
func (r Train) recorded(folder string) (neuron.Train, error) {
	name := r.In(folder).(Train).File
	in, err := wave.LoadInput(name, r.Of)
	switch {
	case err != nil:
		return nil, err
	case in.Current != nil:
		return nil, fmt.Errorf("%s: input %s has currents: use it with driver = \"file\"", name, r.Of)
	case slices.ContainsFunc(in.Gains, func(gain float64) bool { return gain != 1 }):
		return neuron.Weighted{Steps: in.Steps, Gains: in.Gains}, nil
	}
	return neuron.Steps(in.Steps), nil
}

// Random returns the seed of random spikes, and a name for them, or "" for other spikes.
func (r Train) Random() (seed uint64, what string) {
	if r.Times == "" && r.File == "" {
		what = "random spikes"
	}
	return uint64(r.Seed), what
}

// periodic is a repeated train. Its steps are from 1 to the period.
type periodic struct {
	steps  neuron.Steps
	period int64
}

// Spikes implements neuron.Train.
func (p periodic) Spikes(step int64) bool { return p.steps.Spikes((step-1)%p.period + 1) }

// Count implements neuron.Train.
func (p periodic) Count(first, last int64) int64 { return p.upTo(last) - p.upTo(first-1) }

// upTo returns the number of spikes up to a step.
func (p periodic) upTo(step int64) int64 {
	return step/p.period*int64(len(p.steps)) + p.steps.Count(1, step%p.period)
}

// wrongFile reports an error of the file in the key file, at its row if it has one.
func wrongFile(t *config.Table, rule string, err error) {
	var row *wave.RowError
	switch {
	case errors.As(err, &row):
		t.WrongFile("file", config.Problem{File: row.Name, Line: row.Line, Column: row.Column, Rule: row.Err.Error()})
	case errors.Is(err, fs.ErrNotExist):
		t.Wrong("file", config.Problem{Rule: rule, Hint: err.Error() + ": put the file beside the configuration, or write its whole path"})
	case err != nil:
		t.Wrong("file", config.Problem{Rule: rule, Hint: err.Error()})
	}
}
