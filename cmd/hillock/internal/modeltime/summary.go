package modeltime

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/neuron"
)

// summary writes the counts and rates of the run: of one neuron in words, of several as a table.
func (s *assembled) summary(ctx context.Context, w io.Writer) error {
	trains := make([][]train, len(s.loop.Cells))
	begun := make([]neuron.Neuron, len(s.loop.Cells))
	at := map[*neuron.Cell]int{}
	for i, c := range s.loop.Cells {
		trains[i], begun[i], at[c] = make([]train, max(1, c.Count)), c.Copy(), i
	}
	s.watch(func(cell *neuron.Cell, member int32, step int64) { trains[at[cell]][member].add(step) })
	end, err := s.loop.Run(ctx)
	if err != nil {
		return interrupted(err, end, s.loop.DT)
	}
	p := &readable.Printer{W: w}
	results := &results{assembled: s, Printer: p, end: end, trains: trains, begun: begun}
	if i := slices.Index(s.shown, 1); s.all() == 1 {
		results.neuron(i)
	} else {
		results.table()
	}
	results.synapses()
	return p.Err
}

// results are the figures of a run after its end.
type results struct {
	*assembled
	*readable.Printer
	end    neuron.Tick
	trains [][]train       // by cell and neuron
	begun  []neuron.Neuron // by cell
}

// seconds returns the model time.
func (r *results) seconds() float64 { return r.dt() * float64(r.end.Steps) / 1000 }

func (r *results) dt() float64 { return readable.Milliseconds(r.loop.DT) }

// current returns the constant current of a cell in nA, or false.
func (r *results) current(i int) (sum float64, constant bool) {
	for _, in := range r.loop.Cells[i].Inputs {
		c, ok := constantOf(in)
		if !ok {
			return 0, false
		}
		sum += float64(c)
	}
	return sum, true
}

// prediction returns the prediction for a cell.
func (r *results) prediction(i int) session.Prediction {
	n, c := r.tables[i], r.loop.Cells[i]
	_, constant := r.current(i)
	if r.Input != nil && slices.Contains(c.Inputs, r.Input) {
		n.Inputs = nil // the noise of its own inputs does not count
	}
	return session.Whole(n, r.Config, session.Past{Begin: r.begun[i], Steps: r.end.Steps, Current: c.Current, Varied: !constant})
}

// currentDigits are the digits of a current: the sum of two currents may differ in the last ones of a float64.
const currentDigits = 12

// time writes the model time.
func (r *results) time() {
	r.Printf("model time %g s, %d steps of %g ms\n", r.seconds(), r.end.Steps, r.dt())
}

// neuron writes the figures of the only shown neuron.
func (r *results) neuron(i int) {
	first, _ := r.Shown.members(1)
	n, t := r.tables[i], r.trains[i][first]
	r.Printf("neuron     %s\n", memberName(n, first))
	theory, _ := n.Theory()
	current, constant := r.current(i)
	if constant {
		r.Printf("current    %s nA", readable.Digits(current, currentDigits))
		if theory != nil {
			r.Printf(" (rheobase %g nA)", theory.Rheobase())
		}
		r.Printf("\n")
	}
	r.time()
	r.Printf("spikes     %d\n", t.spikes)
	r.Printf("rate       %s Hz, spikes over model time\n", readable.Digits(float64(t.spikes)/r.seconds(), 4))
	if t.spikes > 0 {
		r.Printf("first      step %d, %g ms\n", t.first, stepTime(t.first, r.loop.DT))
	}
	if mean, cv, ok := t.intervals(r.dt()); ok {
		r.Printf("ISI        mean %s ms, CV %s\n", readable.Digits(mean, 6), readable.Digits(cv, 3))
	}
	switch p := r.prediction(i); {
	case !p.Exists():
		r.Printf("%s\n", p)
	default:
		r.Printf("predicted  %s, %s\nexact      %s Hz, from the continuous equation\n", readable.Count(p.Spikes, "spike"),
			readable.Interval(p.Hz, current), readable.Digits(theory.ExactRate(current), 4))
	}
}

// A population has a line for each of its neurons too, unless it has more than mostLines.
const mostLines = 20

// fewSpikes are too few for the CV of a neuron in that of its population.
const fewSpikes = 10

// table writes a line for each shown table of neurons.
func (r *results) table() {
	r.time()
	r.Printf("\n")
	populations, common := false, r.common()
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "neuron\tcount\tcurrent\tspikes\trate\tCV")
	for i, n := range r.tables {
		if r.shown[i] == 0 {
			continue
		}
		current, predicted := "varies", ""
		switch sum, constant := r.current(i); {
		case len(r.loop.Cells[i].Inputs) == 0:
			current = "-"
		case constant:
			current = readable.Digits(sum, currentDigits) + " nA"
		}
		switch p := r.prediction(i); {
		case p.Exists():
			predicted = "predicted " + readable.Count(p.Spikes, "spike")
		case common == "":
			predicted = p.String()
		}
		all := r.trains[i]
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\n", n.Name, len(all), current, r.counts(all), predicted)
		if len(all) == 1 {
			continue
		}
		populations = true
		for k := range all {
			if len(all) <= mostLines {
				fmt.Fprintf(w, "%s\t\t\t%s\t\n", memberName(n, k), r.counts(all[k:k+1]))
			}
		}
	}
	w.Flush() // a Builder has no errors
	for line := range strings.Lines(text.String()) {
		r.Printf("%s\n", strings.TrimRight(line, " \n"))
	}
	if common != "" {
		r.Printf("\nall neurons: %s\n", common)
	}
	if populations {
		r.Printf("\nA population has its mean rate, and the mean CV of its neurons with more than %d spikes.\n", fewSpikes)
	}
}

// common returns the reason against a prediction if all shown tables have the same, and there are several.
func (r *results) common() (reason string) {
	tables := 0
	for i := range r.tables {
		if r.shown[i] == 0 {
			continue
		}
		p := r.prediction(i)
		if p.Exists() || tables > 0 && p.String() != reason {
			return ""
		}
		reason = p.String()
		tables++
	}
	if tables < 2 {
		return ""
	}
	return reason
}

// counts returns the spikes of some neurons, their mean rate and their mean CV, in columns.
func (r *results) counts(trains []train) string {
	spikes, sum, all := int64(0), 0.0, 0
	for _, t := range trains {
		spikes += t.spikes
		if _, cv, ok := t.intervals(r.dt()); ok && (len(trains) == 1 || t.spikes > fewSpikes) {
			sum += cv
			all++
		}
	}
	cv := "-"
	if all > 0 {
		cv = readable.Digits(sum/float64(all), 3)
	}
	return fmt.Sprintf("%d\t%s Hz\t%s", spikes, readable.Digits(float64(spikes)/float64(len(trains))/r.seconds(), 4), cv)
}

// synapses writes the spikes of the spike inputs, the gains, and the weights of the plastic synapses.
func (r *results) synapses() {
	if r.loop.Net == nil {
		return
	}
	if len(r.circuit.Sources) > 0 && r.all() > 1 {
		r.Printf("\n")
	}
	for i, in := range r.circuit.Sources {
		r.Printf("spike input %s: %s\n", in.Name, readable.Count(r.loop.Net.Sent(i), "spike"))
	}
	for i, s := range r.Config.Synapses {
		if s.Gain != "" {
			gain := r.loop.Net.Gain(i)
			r.Printf("synapse %s: %s\n", s.Name, readable.Gain(gain, s.Gain, (gain+1)/2))
		}
		low, high, sum, all := math.Inf(1), math.Inf(-1), 0.0, 0
		for _, weights := range r.loop.Net.Weights(i) {
			for _, v := range weights {
				low, high, sum = min(low, v), max(high, v), sum+v
				all++
			}
		}
		unit := s.Kind.Unit()
		switch {
		case all == 1:
			r.Printf("synapse %s: weight %g %s at the start, %s %s at the end\n", s.Name, s.Weight, unit, readable.Digits(sum, 5), unit)
		case all > 1:
			r.Printf("synapse %s: weights %g %s at the start, %s to %s %s at the end, mean %s %s\n", s.Name, s.Weight, unit,
				readable.Digits(low, 5), readable.Digits(high, 5), unit, readable.Digits(sum/float64(all), 5), unit)
		}
	}
}

// train counts spikes, and keeps the mean and the spread of their intervals by Welford's method.
type train struct {
	spikes, first, last int64
	mean, m2            float64 // steps, steps squared
}

func (t *train) add(step int64) {
	if t.spikes++; t.spikes == 1 {
		t.first, t.last = step, step
		return
	}
	d := float64(step-t.last) - t.mean
	t.mean += d / float64(t.spikes-1)
	t.m2 += float64(d * (float64(step-t.last) - t.mean))
	t.last = step
}

// intervals returns the mean interspike interval in ms and its coefficient of variation; ok is false before the second spike.
func (t *train) intervals(dt float64) (mean, cv float64, ok bool) {
	if t.spikes < 2 {
		return 0, 0, false
	}
	return t.mean * dt, math.Sqrt(t.m2/float64(t.spikes-1)) / t.mean, true
}
