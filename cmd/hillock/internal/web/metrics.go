package web

import (
	"bytes"
	"fmt"
	"net/http"
	"time"
)

// maxScrapes is the number of requests for /metrics under way.
const maxScrapes = 4

// metrics returns the handler of /metrics: the present status of the run for Prometheus, in base units, and the figures of the process.
func (s *Server) metrics() http.Handler {
	places := make(chan struct{}, maxScrapes)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
		default:
			http.Error(w, fmt.Sprintf("more than %d requests for /metrics at once: try again later", maxScrapes), http.StatusServiceUnavailable)
			return
		}
		e := exposition{}
		s.collect(e)
		collectGo(e.counter, e.gauge)
		collectProcess(e.counter, e.gauge)
		var text bytes.Buffer
		e.write(&text)
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		w.Write(text.Bytes())
	})
}

func metric(name, help string, labels ...string) *desc { return &desc{"hillock_" + name, help, labels} }

// collect adds the present status of the run.
func (s *Server) collect(e exposition) {
	counter, gauge := e.counter, e.gauge
	st := s.run.Status()
	counter(metric("steps_total", "Integration steps."), float64(st.Steps))
	counter(metric("skipped_seconds_total", "Skipped model time."), st.Skipped/1e3)
	gauge(metric("clients", "Connected WebSocket clients."), float64(s.Count()))
	var bounds []time.Duration
	for b := time.Microsecond; b <= time.Second; b *= 10 {
		bounds = append(bounds, b, 2*b, 5*b)
	}
	atMost, n, sum := s.run.Ticks(bounds)
	var buckets []bucket
	for i, b := range bounds {
		buckets = append(buckets, bucket{b.Seconds(), atMost[i]})
	}
	e.histogram(metric("lateness_seconds", "Lateness of ticks."), buckets, n, sum.Seconds())
	for _, n := range st.Neurons {
		collectNeuron(n, counter, gauge)
	}
	collectNetwork(st, counter, gauge)
	collectNet(st.Net, counter, gauge)
	fault := metric("fault", "1 for a part with a fault, 0 for a working one.", "kind", "part")
	wrong := func(text string) float64 {
		if text == "" {
			return 0
		}
		return 1
	}
	for _, in := range st.Inputs {
		gauge(fault, wrong(in.Fault), "input", in.Name)
	}
	for _, in := range st.SpikeInputs {
		if in.Edges != nil {
			gauge(fault, wrong(in.Fault), "input", in.Name)
		}
	}
	for _, out := range st.Outputs {
		gauge(fault, wrong(out.Fault), "output", out.Name)
		collectOracle(out, counter, gauge)
	}
}

// collectOracle passes the metrics of an output that lights before the spikes of its neuron.
func collectOracle(out OutputStatus, counter, gauge sample) {
	o := out.Oracle
	if o == nil {
		return
	}
	counter(metric("lights_total", "Lights before predicted spikes.", "output"), float64(o.Lights), out.Name)
	counter(metric("wrong_lights_total", "Lights without a spike.", "output"), float64(o.Wrong), out.Name)
	counter(metric("missed_spikes_total", "Spikes without a light.", "output"), float64(o.Missed), out.Name)
	for _, c := range o.Codes {
		if c.Sooner != nil {
			gauge(metric("sooner_seconds", "Model time by which the next spike comes sooner with one code more of a knob.", "input", "output"), *c.Sooner/1e3, c.Input, out.Name)
		}
	}
}

// collectNeuron passes the metrics of a neuron or of a population.
func collectNeuron(n NeuronStatus, counter, gauge sample) {
	name := n.Name
	counter(metric("spikes_total", "Spikes.", "neuron"), float64(n.Spikes), name)
	gauge(metric("rate_hertz", "Firing rate in model time; of a population the mean.", "neuron"), n.Rate, name)
	gauge(metric("real_time_rate_hertz", "Spikes of a neuron per second of real time.", "neuron"), n.RealTimeHz, name)
	cv := metric("interspike_interval_cv", "Coefficient of variation of these intervals; of a population the mean of its neurons with more than 10 spikes.", "neuron")
	switch {
	case n.Neurons > 1:
		gauge(metric("neurons", "Neurons of a population.", "neuron"), float64(n.Neurons), name)
		gauge(metric("lowest_rate_hertz", "Firing rate of a population's slowest neuron.", "neuron"), n.Slowest, name)
		gauge(metric("highest_rate_hertz", "Firing rate of a population's fastest neuron.", "neuron"), n.Fastest, name)
		if n.CV > 0 {
			gauge(cv, n.CV, name)
		}
	case n.Intervals.N > 0:
		gauge(metric("interspike_interval_seconds", "Mean interspike interval in model time, since the current or a parameter changed; absent before two spikes.", "neuron"),
			n.Intervals.MeanMs/1e3, name)
		gauge(cv, n.Intervals.CV, name)
	}
	if n.Predicted != nil {
		gauge(metric("predicted_rate_hertz", "Firing rate from the equation; absent without a prediction.", "neuron"), *n.Predicted, name)
	}
	gauge(metric("membrane_volts", "Membrane potential; of a population that of its first neuron.", "neuron"), n.V/1e3, name)
	gauge(metric("current_amperes", "Input current.", "neuron"), n.I/1e9, name)
	if n.Synaptic != nil {
		gauge(metric("synaptic_amperes", "Synaptic current; of a population that of its first neuron.", "neuron"), *n.Synaptic/1e9, name)
	}
	if n.W != nil {
		gauge(metric("adaptation_amperes", "Adaptation current; of a population that of its first neuron.", "neuron"), *n.W/1e9, name)
	}
}

// collectNetwork passes the metrics of synapses and spike inputs.
func collectNetwork(st Status, counter, gauge sample) {
	for _, s := range st.Synapses {
		counter(metric("arrivals_total", "Spikes that arrived at synapses.", "synapse"), float64(s.Arrivals), s.Name)
		gauge(metric("synapse_gain", "Factor of the weight.", "synapse"), s.Gain, s.Name)
		if s.Unit == "mV" {
			gauge(metric("synapse_weight_volts", "Mean weight: a jump of the membrane potential.", "synapse"), s.Mean/1e3, s.Name)
		} else {
			gauge(metric("synapse_weight_amperes", "Mean weight: the peak of the current of a spike.", "synapse"), s.Mean/1e9, s.Name)
		}
	}
	for _, in := range st.SpikeInputs {
		counter(metric("input_spikes_total", "Spikes of a spike input.", "input"), float64(in.Spikes), in.Name)
		late := metric("input_late_spikes_total", "Spikes after their time.", "input")
		if r := in.Remote; r != nil {
			counter(late, float64(r.Late), in.Name)
			counter(metric("input_dropped_spikes_total", "Spikes of another board in skipped time.", "input"), float64(r.Dropped), in.Name)
		}
		if e := in.Edges; e != nil {
			counter(late, float64(e.Late), in.Name)
			counter(metric("input_lost_edges_total", "Edges lost by a full buffer.", "input"), float64(e.Lost), in.Name)
			counter(metric("input_dropped_edges_total", "Edges in skipped time.", "input"), float64(e.Dropped), in.Name)
			counter(metric("input_ignored_pulses_total", "Pulses in the dead time of an edge input.", "input"), float64(e.Ignored), in.Name)
		}
	}
	if len(st.Synapses) > 0 {
		counter(metric("dropped_arrivals_total", "Arrivals dropped in skipped time, and at changes of the network."), float64(st.Dropped))
	}
}
