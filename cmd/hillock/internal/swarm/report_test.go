package swarm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/session"
)

// sample returns the result of a run with losses.
func sample() *Result {
	times := session.Percentiles{N: 10, P50: 500, P99: 1500, P999: 2000, Max: 2500}
	r := &Result{
		Schema: Schema, Boards: 2, BatchMs: 50, TookS: 10, Made: 400, Sent: 398, Unsent: 2, Spikes: 6000, Reconnected: 1, InHz: 39.8, OutHz: 39.5,
		Lateness: times, Publish: times,
		Readers: []Received{{
			Batches: 395, Spikes: 5900, LostBatches: 3, LostSteps: 2500, Hellos: 2, Online: 1, BusyPercent: 1.234, Foreign: 4, Delay: times,
			Gaps: []Gap{{"swarm-00001", 501, 1500, 100}, {"swarm-00002", 1, 1500, 150}},
		}},
		Process: &Cost{Process: 1234, CPUPercent: 12.34, RSSMB: 23.456, Ended: true},
		Own:     &Cost{Process: 1, CPUPercent: 50, RSSMB: 30},
	}
	return r
}

func TestReport(t *testing.T) {
	var out bytes.Buffer
	if err := sample().Show(&out, &out, ""); err != nil {
		t.Fatal(err)
	}
	want := `batches    400 made, 398 sent, 2 unsent
messages   39.8 batches/s to the broker, 39.5 batches/s from it
lateness   p50 500 us, p99 1.5 ms, p99.9 2 ms, max 2.5 ms, of the swarm itself
publish    p50 500 us, p99 1.5 ms, p99.9 2 ms, max 2.5 ms
boards     1 reconnection
reader 1   395 batches, 3 lost; 5900 spikes; 2 of 2 boards with a hello, 1 online; busy 1.2 % of the time; 4 foreign
delay      p50 500 us, p99 1.5 ms, p99.9 2 ms, max 2.5 ms
gap        swarm-00001: steps 501 to 1500, 100 ms
gap        swarm-00002: steps 1 to 1500, 150 ms
broker     process 1234: 12.3 % of a core, 23.5 MB, until its end
swarm      process 1: 50 % of a core, 30 MB

The broker lost 3 of 398 batches on the way to the readers.
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestManyGapsAreCounted(t *testing.T) {
	var in Received
	for i := range 12 {
		in.Gaps = append(in.Gaps, Gap{"swarm-00001", int64(i*1000) + 1, int64(i*1000) + 500, 50})
	}
	got := in.gaps()
	if len(got) != 11 || got[10] != "2 more: --json FILE lists all" {
		t.Errorf("got %q, want ten gaps and the number of the others", got)
	}
}

func TestVerdict(t *testing.T) {
	for want, change := range map[string]func(*Result){
		"No batch was lost.": func(*Result) {},
		"All sent batches arrived. 2 of 400 batches stayed unsent, without a connection.": func(r *Result) { r.Unsent = 2 },
		"No batch was lost. The run was interrupted after 10 s.":                          func(r *Result) { r.interrupted = true },
		"No batch was lost. The swarm itself was the bottleneck: 1 batch in 100 was more than 10.1 ms late. Use fewer boards, longer batches, or run the broker on another machine.": func(r *Result) { r.Lateness.P99 = 10_100 },
		"No batch was lost. Reader 1 of the swarm was the bottleneck: it was busy 95 % of the time.":                                                                                 func(r *Result) { r.Readers[0].BusyPercent = 95 },
	} {
		r := sample()
		r.Readers[0].LostBatches, r.Unsent = 0, 0
		change(r)
		if got := r.verdict(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestJSONHasItsSchema(t *testing.T) {
	var out, text bytes.Buffer
	if err := sample().Show(&out, &text, "-"); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := strings.Fields(`batch_ms batches_in_hz batches_made batches_out_hz batches_sent batches_unsent boards broker class duration_s lateness_us
		neurons process publish_us rate_hz readers reconnections schema seed spikes_made swarm took_s`)
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(got))); diff != "" || got["schema"] != "hillock.swarm.1" {
		t.Errorf("schema %v, keys (-want +got):\n%s", got["schema"], diff)
	}
	if !strings.Contains(text.String(), "The broker lost 3 of 398 batches") {
		t.Errorf("got the text\n%s\nwant the report", text.String())
	}
}

func TestTitleNamesTheLoad(t *testing.T) {
	l := Load{Broker: "mqtt://pi:1883", Class: "9b", Boards: 1, Neurons: 3, Rate: 100, Readers: 2, Batch: 12500 * time.Microsecond, Duration: time.Minute}
	if got, want := fmt.Sprint(l.title()), "swarm on mqtt://pi:1883, class 9b: 1 board, 3 neurons each at 100 Hz, batches of 12.5 ms, 2 readers, for 60 s"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
