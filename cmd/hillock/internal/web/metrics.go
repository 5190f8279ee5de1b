package web

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// collector exports the present status of a run to Prometheus, in base units.
type collector struct{ s *Server }

func metric(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("hillock_"+name, help, labels, nil)
}

// Describe implements prometheus.Collector.
func (c collector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

// Collect implements prometheus.Collector.
func (c collector) Collect(ch chan<- prometheus.Metric) {
	counter := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	st := c.s.run.Status()
	counter(metric("steps_total", "Integration steps."), float64(st.Steps))
	counter(metric("skipped_seconds_total", "Skipped model time."), st.Skipped/1e3)
	gauge(metric("clients", "Connected WebSocket clients."), float64(c.s.count()))
	var bounds []time.Duration
	for b := time.Microsecond; b <= time.Second; b *= 10 {
		bounds = append(bounds, b, 2*b, 5*b)
	}
	atMost, n, sum := c.s.run.Ticks(bounds)
	buckets := map[float64]uint64{}
	for i, b := range bounds {
		buckets[b.Seconds()] = atMost[i]
	}
	ch <- prometheus.MustNewConstHistogram(metric("lateness_seconds", "Lateness of ticks."), n, sum.Seconds(), buckets)
	spikes := metric("spikes_total", "Spikes.", "neuron")
	rate := metric("rate_hertz", "Firing rate in model time.", "neuron")
	realTime := metric("real_time_rate_hertz", "Spikes per second of real time.", "neuron")
	interval := metric("interspike_interval_seconds", "Mean interspike interval in model time, since the current or a parameter changed; absent before two spikes.", "neuron")
	cv := metric("interspike_interval_cv", "Coefficient of variation of these intervals.", "neuron")
	predicted := metric("predicted_rate_hertz", "Firing rate from the equation; absent without a prediction.", "neuron")
	v := metric("membrane_volts", "Membrane potential.", "neuron")
	current := metric("current_amperes", "Input current.", "neuron")
	for _, n := range st.Neurons {
		counter(spikes, float64(n.Spikes), n.Name)
		gauge(rate, n.Rate, n.Name)
		gauge(realTime, n.RealTimeHz, n.Name)
		if n.Intervals.N > 0 {
			gauge(interval, n.Intervals.MeanMs/1e3, n.Name)
			gauge(cv, n.Intervals.CV, n.Name)
		}
		if n.Predicted != nil {
			gauge(predicted, *n.Predicted, n.Name)
		}
		gauge(v, n.V/1e3, n.Name)
		gauge(current, n.I/1e9, n.Name)
	}
	fault := metric("fault", "1 for a part with a fault, 0 for a working one.", "part", "kind")
	wrong := func(text string) float64 {
		if text == "" {
			return 0
		}
		return 1
	}
	for _, in := range st.Inputs {
		gauge(fault, wrong(in.Fault), in.Name, "input")
	}
	for _, out := range st.Outputs {
		gauge(fault, wrong(out.Fault), out.Name, "output")
	}
}
