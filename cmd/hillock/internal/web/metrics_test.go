package web

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
)

// A population, a synapse and an oracle have a line for each figure.
func TestMetricsOfANetwork(t *testing.T) {
	got := map[string]bool{}
	keep := func(d *prometheus.Desc, v float64, labels ...string) {
		name := regexp.MustCompile(`fqName: "hillock_(\w+)"`).FindStringSubmatch(d.String())[1]
		got[fmt.Sprintf("%s %s %.4g", name, strings.Join(labels, " "), v)] = true
	}
	st := Status{Dropped: 3, SpikeInputs: []SpikeInput{{Name: "cue", Spikes: 9}, {Name: "wire", Spikes: 30, Edges: &EdgeCounts{Late: 4, Lost: 3, Dropped: 2, Ignored: 1}}},
		Synapses: []SynapseStatus{{Name: "a", Gain: -0.5, Mean: 8, Unit: "nA", Arrivals: 70}, {Name: "b", Gain: 1, Mean: 2, Unit: "mV"}}}
	collectNeuron(NeuronStatus{Name: "p", Neurons: 80, V: -60, I: 2, Synaptic: new(1.5), W: new(0.2), Rate: 5.5, RealTimeHz: 5.5, Slowest: 1, Fastest: 9, CV: 0.7,
		Spikes: 440, NoPrediction: "a population of 80 neurons", Intervals: Intervals{N: 3, MeanMs: 20, CV: 1}}, keep, keep)
	collectNetwork(st, keep, keep)
	collectOracle(OutputStatus{Name: "oracle", Oracle: &Oracle{Lights: 140, Wrong: 1, Missed: 2, Codes: []OneCode{{"knob", new(0.1)}, {"other", nil}}}}, keep, keep)
	collectOracle(OutputStatus{Name: "led"}, keep, keep)
	want := strings.Split(`adaptation_amperes p 2e-10
arrivals_total a 70
arrivals_total b 0
current_amperes p 2e-09
dropped_arrivals_total  3
highest_rate_hertz p 9
input_dropped_edges_total wire 2
input_ignored_pulses_total wire 1
input_late_spikes_total wire 4
input_lost_edges_total wire 3
input_spikes_total cue 9
input_spikes_total wire 30
interspike_interval_cv p 0.7
lights_total oracle 140
lowest_rate_hertz p 1
membrane_volts p -0.06
missed_spikes_total oracle 2
neurons p 80
rate_hertz p 5.5
real_time_rate_hertz p 5.5
sooner_seconds oracle knob 0.0001
spikes_total p 440
synapse_gain a -0.5
synapse_gain b 1
synapse_weight_amperes a 8e-09
synapse_weight_volts b 0.002
synaptic_amperes p 1.5e-09
wrong_lights_total oracle 1`, "\n")
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(got))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
