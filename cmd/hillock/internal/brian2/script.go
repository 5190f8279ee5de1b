// Package brian2 writes a configuration as a script for Brian2, the simulator in Python (M. Stimberg, R. Brette and
// D. F. M. Goodman, eLife 8, e47314, 2019).
//
// The script evaluates each equation with numpy, in the order and in the units of package neuron. So potentials have the same
// bits, and spikes come in the same steps as in 'hillock sim'.
package brian2

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"hillock/cmd/hillock/internal/circuit"
	"hillock/neuron"
)

// A Script is a network and its currents.
type Script struct {
	*circuit.Circuit
	Command  string      // the command with the same spikes, for the comment at the top
	Steps    int64       // length of the simulation
	Currents [][]float64 // by neuron table, nA: one constant value, or the value of each step
	Gains    []float64   // by synapse table: factor of the weight
}

// LeftOut returns what Brian2 does not have, a line each. With any of it the spikes differ.
func (s *Script) LeftOut() (all []string) {
	for _, n := range s.Config.Neurons {
		if p, ok := n.Params.(neuron.LIF); ok && p.Sigma > 0 {
			all = append(all, fmt.Sprintf("the membrane noise of %s (sigma = \"%s mV\"): Brian2 has other random numbers", n.Name, number(p.Sigma)))
		}
	}
	for _, source := range s.Sources {
		switch train := source.Train.(type) {
		case *neuron.Received:
			from := "its pin"
			if train.Remote {
				from = "another board"
			}
			all = append(all, fmt.Sprintf("the spikes of input %s: they come from %s: use driver = \"train\" for given spikes", source.Name, from))
		case neuron.Weighted:
			all = append(all, fmt.Sprintf("the gains of the recorded spikes of input %s", source.Name))
		}
	}
	return all
}

// Warn writes a warning for each thing that the script leaves out.
func (s *Script) Warn(w io.Writer) {
	for _, left := range s.LeftOut() {
		fmt.Fprintln(w, "hillock: warning: left out:", left)
	}
}

// Write writes the script.
func (s *Script) Write(w io.Writer) error {
	out := &writer{bufio.NewWriter(w)}
	groups := s.groups()
	projections := s.projections(groups)
	s.head(out)
	s.settings(out, groups, projections)
	for _, g := range groups {
		g.write(out, s)
	}
	s.trains(out)
	for i := range projections {
		writeProjection(out, groups, projections, i)
	}
	s.run(out, groups, len(projections))
	return out.Flush()
}

// head writes the comment at the top.
func (s *Script) head(w *writer) {
	w.text(`
# A network for Brian2, from 'hillock export brian2'. It prints the same spikes as hillock, in the same steps:
#
`)
	w.line("#     python3 THIS_FILE > brian2.csv")
	w.line("#     %s > hillock.csv", s.Command)
	w.text(`
#     diff brian2.csv hillock.csv
#
# Debian has Brian2 in the package python3-brian. With pip it is brian2.
`)
	if left := s.LeftOut(); left != nil {
		w.line("#")
		w.line("# LEFT OUT, so the spikes differ:")
		for _, l := range left {
			w.line("# - %s", l)
		}
	}
	w.text(`
#
# All values are numbers in mV, nA, MOhm and ms: R_m*I is in mV. Each line has the order of the operations in hillock. Brian2's
# units are V, A, Ohm and s: with them the results would be rounded differently. A step has these phases:
#
# 1. groups: v of each neuron that is not refractory; then the synaptic currents decay
# 2. after_groups: arriving spikes of delta synapses change v
# 3. thresholds: a neuron at its threshold spikes
# 4. synapses: arriving spikes of exp and alpha synapses change the currents; plastic synapses change their weights
# 5. resets: v of each neuron that spiked

`)
}

// settings writes the imports, the settings and the functions.
func (s *Script) settings(w *writer, groups []*group, projections []*projection) {
	names := []string{"Network", "NeuronGroup", "SpikeMonitor", "defaultclock", "ms", "prefs"}
	needs := func(name string, needed bool) bool {
		if needed {
			names = append(names, name)
		}
		return needed
	}
	needs("SpikeGeneratorGroup", len(s.Sources) > 0)
	connects := needs("Synapses", len(projections) > 0)
	needs("TimedArray", slices.ContainsFunc(groups, func(g *group) bool { return g.played }))
	exp := needs("implementation", slices.ContainsFunc(groups, func(g *group) bool { return g.needsExp }))
	needs("check_units", exp)
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	w.text(`
import warnings

warnings.simplefilter('ignore', FutureWarning)  # of the libraries

try:
    import numpy as np
`)
	w.line("    from brian2 import (%s)", wrap(names, 24))
	w.text(`
except ModuleNotFoundError as error:  # another Python, such as one of pyenv, lacks the packages of Debian
    raise SystemExit(f"{error}: 'apt-get install python3-brian', and use /usr/bin/python3") from None
`)
	dt := float64(s.Config.Loop.DT) / 1e6
	w.text(`

prefs.codegen.target = 'numpy'                      # compiled code has another order of the operations,
prefs.codegen.loop_invariant_optimisations = False  # and so have optimised equations

`)
	w.line("dt_ms = %s  # integration step, ms", number(dt))
	w.line("step = dt_ms*ms")
	w.line("steps = %d  # %s s", s.Steps, number(float64(s.Steps)*float64(s.Config.Loop.DT)/1e9))
	w.line("defaultclock.dt = step")
	if exp {
		w.text(exactExp)
	}
	if slices.ContainsFunc(groups, func(g *group) bool { return g.exact && len(g.states) > 0 }) {
		w.text(carry)
	}
	if connects {
		w.text(connect)
	}
}

// exactExp is the function of neuron/internal/exact.
const exactExp = `


@implementation('numpy', discard_units=True)
@check_units(x=1, result=1)
def exact_exp(x):
    """Return e**x with the same bits on every machine."""
    x = np.minimum(x, 709.7827128933841)
    k = np.trunc(x*1.4426950408889634 + np.copysign(0.5, x))  # the nearest multiple of ln 2
    high, low = x - k*6.93147180369123816490e-01, k*1.90821492927058770002e-10
    r = high - low
    c = (high - r) - low
    q = np.ones_like(r)
    for n in range(13, 2, -1):  # Taylor series of the rest
        q = 1 + r*q/n
    q = r*r*q/2
    return np.ldexp(1 + (r + (q + (c + c*r))), k.astype(int))
`

// carry is the function of neuron.place.
const carry = `


def carry(tau, tau_m, p22):
    """Return the shares of a synaptic current, and of its slope, in a step of v (Rotter and Diesmann 1999)."""
    l = dt_ms/tau - dt_ms/tau_m
    s, x, term = 0.0, 0.0, 1.0
    for k in range(40):
        s = s + term/(k + 1)
        x = x + term/(k + 2)
        term = term*(-l/(k + 1))
    scale = p22*(dt_ms/tau_m)/(1 - p22)
    return scale*s, scale*dt_ms*x
`

const connect = `


def connect(synapses, graph):
    """Connect each source to its targets: {source: [targets]}, by their numbers in the groups."""
    synapses.connect(i=np.repeat(list(graph), [len(targets) for targets in graph.values()]),
                     j=np.concatenate(list(graph.values())))
`

// trains writes the spike inputs.
func (s *Script) trains(w *writer) {
	if len(s.Sources) == 0 {
		return
	}
	w.line("\n# Spike inputs: the steps of their spikes")
	w.line("train_steps = [")
	for _, source := range s.Sources {
		var steps []int64
		for k := range s.Steps {
			if source.Train.Spikes(k + 1) {
				steps = append(steps, k+1)
			}
		}
		w.line("    %s,  # %s", list(steps, 4), source.Name)
	}
	w.text(`
]
trains = SpikeGeneratorGroup(len(train_steps), np.repeat(range(len(train_steps)), [len(t) for t in train_steps]),
                             (np.concatenate(train_steps) - 1)*step, name='trains')
`)
}

// run writes the simulation, and the printing of the spikes.
func (s *Script) run(w *writer, groups []*group, projections int) {
	var names, objects, monitors []string
	for _, n := range s.Config.Neurons {
		name := fmt.Sprintf("'%s'", n.Name)
		if n.Count > 1 {
			name = fmt.Sprintf("*(f'%s.{k}' for k in range(1, %d))", n.Name, n.Count+1)
		}
		names = append(names, name)
	}
	for _, g := range groups {
		objects = append(objects, g.name)
		monitors = append(monitors, fmt.Sprintf("(SpikeMonitor(%s), %[1]s_numbers)", g.name))
	}
	if len(s.Sources) > 0 {
		objects = append(objects, "trains")
	}
	for i := range projections {
		objects = append(objects, fmt.Sprintf("synapses%d", i+1))
	}
	w.line("\n# The names of the neurons by their numbers, the simulation, and the spikes")
	w.line("names = [%s]", wrap(names, 9))
	w.line("monitors = [%s]", wrap(monitors, 12))
	w.line("network = Network([monitor for monitor, _ in monitors],")
	w.line("                  %s)", wrap(objects, 18))
	w.text(`
network.run(steps*step)

spikes = []
for monitor, numbers in monitors:
    # Brian2 counts steps from 0, hillock from 1.
    spikes += zip(np.rint(monitor.t/step).astype(int) + 1, np.array(numbers)[monitor.i])
print('step,time_ms,neuron')
for number, neuron in sorted(spikes):
`)
	w.line("    time_ms = number*%d/1e6", int64(s.Config.Loop.DT))
	w.text(`
    time_ms = np.format_float_positional(time_ms, trim='-') if time_ms < 1e6 else np.format_float_scientific(time_ms, trim='-')
    print(f'{number},{time_ms},{names[neuron]}')
`)
}
