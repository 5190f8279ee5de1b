package web

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"hillock/cmd/hillock/internal/serve"
)

// parsed reads a page of metrics with Prometheus' own parser.
func parsed(t *testing.T, text string) map[string]*dto.MetricFamily {
	t.Helper()
	p := expfmt.NewTextParser(model.UTF8Validation)
	all, err := p.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return all
}

// scrape returns the answer to one request.
func scrape(h http.Handler) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w
}

func TestPrometheusReadsMetrics(t *testing.T) {
	w := scrape(New(newFake(), serve.Options{Clients: 1}).metrics())
	if got, want := w.Header().Get("Content-Type"), "text/plain; version=0.0.4; charset=utf-8"; got != want {
		t.Errorf("type: got %s, want %s", got, want)
	}
	all := parsed(t, w.Body.String())
	problems, err := promlint.New(strings.NewReader(w.Body.String())).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "hillock_") { // the names of the others are Prometheus' own
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
	h := all["hillock_lateness_seconds"].GetMetric()[0].GetHistogram()
	if n, sum := h.GetSampleCount(), h.GetSampleSum(); n != 40 || sum != 0.002 {
		t.Errorf("lateness: got %d ticks and %g s, want 40 and 0.002 s", n, sum)
	}
	var bounds []string
	for i, b := range h.GetBucket() {
		bounds = append(bounds, fmt.Sprint(b.GetUpperBound()))
		if want := uint64(i); b.GetCumulativeCount() != want && i < 21 {
			t.Errorf("at most %g s: got %d ticks, want %d", b.GetUpperBound(), b.GetCumulativeCount(), want)
		}
	}
	want := "1e-06 2e-06 5e-06 1e-05 2e-05 5e-05 0.0001 0.0002 0.0005 0.001 0.002 0.005 0.01 0.02 0.05 0.1 0.2 0.5 1 2 5 +Inf"
	if got := strings.Join(bounds, " "); got != want {
		t.Errorf("bounds: got\n%s, want\n%s", got, want)
	}
}

// The figures of the process have the name, type and help of Prometheus' client library, so that dashboards of it keep working.
func TestProcessMetricsAreThoseOfPrometheus(t *testing.T) {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewGoCollector(collectors.WithGoCollectorRuntimeMetrics(collectors.MetricsGC)))
	all, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	text := func(f *dto.MetricFamily) string {
		var labels []string
		for _, l := range f.GetMetric()[0].GetLabel() {
			labels = append(labels, l.String())
		}
		return fmt.Sprint(f.GetType(), labels, f.GetHelp())
	}
	ref := map[string]*dto.MetricFamily{}
	for _, f := range all {
		ref[f.GetName()] = f
	}
	got := parsed(t, scrape(New(newFake(), serve.Options{Clients: 1}).metrics()).Body.String())
	var left []string
	for _, name := range slices.Sorted(maps.Keys(ref)) {
		f := got[name]
		switch {
		case f == nil:
			left = append(left, name)
		case text(f) != text(ref[name]):
			t.Errorf("%s: got %s, want %s", name, text(f), text(ref[name]))
		}
	}
	left = slices.DeleteFunc(left, func(name string) bool { return strings.HasPrefix(name, "go_memstats_") })
	want := []string{"go_gc_duration_seconds", "go_gc_heap_allocs_by_size_bytes", "go_gc_heap_frees_by_size_bytes", "go_gc_pauses_seconds"}
	left = slices.DeleteFunc(left, func(name string) bool { return strings.HasPrefix(name, "process_network_") })
	if diff := cmp.Diff(want, left); diff != "" {
		t.Errorf("metrics left out: -want +got:\n%s", diff)
	}
	for name, f := range got {
		if ref[name] == nil && !strings.HasPrefix(name, "hillock_") {
			t.Errorf("%s: got %s, which Prometheus' client library has not", name, f)
		}
	}
	for name, within := range map[string]float64{"process_start_time_seconds": 0, "process_max_fds": 0, "process_virtual_memory_max_bytes": 0, "process_cpu_seconds_total": 60, "process_open_fds": 8} {
		if ref[name] == nil {
			continue // no Linux
		}
		value := func(f *dto.MetricFamily) float64 {
			return f.GetMetric()[0].GetGauge().GetValue() + f.GetMetric()[0].GetCounter().GetValue()
		}
		if got, want := value(got[name]), value(ref[name]); !(got >= want-within && got <= want+within) {
			t.Errorf("%s: got %g, want %g", name, got, want)
		}
	}
}

// Prometheus reads back what a page escapes.
func TestMetricsEscapeTexts(t *testing.T) {
	e, odd := exposition{}, "a \"b\" \\n\nc\\"
	e.gauge(&desc{"one", odd, []string{"first", "second"}}, 1.5e-9, odd, "\xff")
	e.gauge(&desc{"one", odd, []string{"first", "second"}}, -2, "", "{},")
	var text strings.Builder
	e.write(&text)
	f := parsed(t, text.String())["one"]
	var got []string
	for _, m := range f.GetMetric() {
		got = append(got, fmt.Sprintf("%g %q %q", m.GetGauge().GetValue(), m.GetLabel()[0].GetValue(), m.GetLabel()[1].GetValue()))
	}
	want := []string{fmt.Sprintf("%g %q %q", 1.5e-9, odd, "\uFFFD"), fmt.Sprintf("%g %q %q", -2., "", "{},")}
	if diff := cmp.Diff(want, got); diff != "" || f.GetHelp() != odd {
		t.Errorf("help: got %q, want %q; -want +got:\n%s", f.GetHelp(), odd, diff)
	}
}

// blocked is an answer that waits with its first byte.
type blocked struct {
	*httptest.ResponseRecorder
	began, end chan struct{}
}

func (b blocked) Write(p []byte) (int, error) {
	b.began <- struct{}{}
	<-b.end
	return b.ResponseRecorder.Write(p)
}

func TestMetricsHaveFourPlaces(t *testing.T) {
	h := New(newFake(), serve.Options{Clients: 1}).metrics()
	b := blocked{httptest.NewRecorder(), make(chan struct{}), make(chan struct{})}
	var joined sync.WaitGroup
	for range maxScrapes {
		one := b
		one.ResponseRecorder = httptest.NewRecorder()
		joined.Go(func() { h.ServeHTTP(one, httptest.NewRequest("GET", "/metrics", nil)) })
		<-b.began
	}
	w := scrape(h)
	if got, want := fmt.Sprint(w.Code, " ", w.Body), "503 more than 4 requests for /metrics at once: try again later\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	close(b.end)
	joined.Wait()
	if w := scrape(h); w.Code != http.StatusOK {
		t.Errorf("afterwards: got %d, want 200", w.Code)
	}
}

// A population, a synapse and an oracle have a line for each figure.
func TestMetricsOfANetwork(t *testing.T) {
	got := map[string]bool{}
	keep := func(d *desc, v float64, labels ...string) {
		got[fmt.Sprintf("%s %s %.4g", strings.TrimPrefix(d.name, "hillock_"), strings.Join(labels, " "), v)] = true
	}
	st := Status{Dropped: 3, SpikeInputs: []SpikeInput{{Name: "cue", Spikes: 9}, {Name: "wire", Spikes: 30, Edges: &EdgeCounts{Late: 4, Lost: 3, Dropped: 2, Ignored: 1}}, {Name: "mara/n1", Spikes: 20, Remote: &RemoteCounts{Late: 5, Dropped: 6}}},
		Synapses: []SynapseStatus{{Name: "a", Gain: -0.5, Mean: 8, Unit: "nA", Arrivals: 70}, {Name: "b", Gain: 1, Mean: 2, Unit: "mV"}}}
	collectNeuron(NeuronStatus{Name: "p", Neurons: 80, V: -60, I: 2, Synaptic: new(1.5), W: new(0.2), Rate: 5.5, RealTimeHz: 5.5, Slowest: 1, Fastest: 9, CV: 0.7,
		Spikes: 440, NoPrediction: "a population of 80 neurons", Intervals: Intervals{N: 3, MeanMs: 20, CV: 1}}, keep, keep)
	collectNetwork(st, keep, keep)
	collectOracle(OutputStatus{Name: "oracle", Oracle: &Oracle{Lights: 140, Wrong: 1, Missed: 2, Codes: []OneCode{{"knob", new(0.1)}, {"other", nil}}}}, keep, keep)
	collectOracle(OutputStatus{Name: "led"}, keep, keep)
	collectNet(nil, keep, keep)
	collectNet(&NetStatus{Connected: true, Sent: 1200, Unsent: 3, Boards: []NetBoard{{"mara", true, 40, 5, 1, 20, 2, new(1.2)}, {Name: "tom"}}}, keep, keep)
	want := strings.Split(`adaptation_amperes p 2e-10
arrivals_total a 70
arrivals_total b 0
board_clock_offset_seconds mara 0.0012
board_late_spikes_total mara 5
board_late_spikes_total tom 0
board_lost_seconds_total mara 0.02
board_lost_seconds_total tom 0
board_lost_spikes_total mara 1
board_lost_spikes_total tom 0
board_online mara 1
board_online tom 0
board_spikes_total mara 40
board_spikes_total tom 0
current_amperes p 2e-09
dropped_arrivals_total  3
highest_rate_hertz p 9
input_dropped_edges_total wire 2
input_dropped_spikes_total mara/n1 6
input_ignored_pulses_total wire 1
input_late_spikes_total mara/n1 5
input_late_spikes_total wire 4
input_lost_edges_total wire 3
input_spikes_total cue 9
input_spikes_total mara/n1 20
input_spikes_total wire 30
interspike_interval_cv p 0.7
lights_total oracle 140
lowest_rate_hertz p 1
membrane_volts p -0.06
missed_spikes_total oracle 2
net_connected  1
net_sent_batches_total  1200
net_unsent_batches_total  3
neurons p 80
rate_hertz p 5.5
real_time_rate_hertz p 5.5
sooner_seconds knob oracle 0.0001
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
