package terminal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/hw/clock"
	"hillock/hw/sim"
)

// logged returns the log of a run of 3.5 s, with something done after some of its ticks.
func logged(t *testing.T, format Format, at func(*sessiontest.Bench) sessiontest.At, sets ...string) (log string) {
	t.Helper()
	return loggedOf(t, format, at, func(t testing.TB, c sessiontest.Clock) *sessiontest.Bench {
		return sessiontest.With(t, c, session.Options{Traced: true}, sets...)
	})
}

// loggedOf is logged for a bench on a clock.
func loggedOf(t *testing.T, format Format, at func(*sessiontest.Bench) sessiontest.At, open func(testing.TB, sessiontest.Clock) *sessiontest.Bench) (log string) {
	t.Helper()
	_, stop := reportRequests() // what listens to signals lives longer than the bubble
	stop()
	synctest.Test(t, func(t *testing.T) {
		b := open(t, clock.New())
		if at != nil {
			b.Observe(at(b))
		}
		b.Loop.Ticks = 3500
		var out bytes.Buffer
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() {
			defer cancel()
			if _, err := b.Loop.Run(ctx); err != nil {
				t.Error(err)
			}
		}()
		time.Sleep(ms / 2) // of the bubble: no line is at the same time as a tick
		if err := Log(ctx, b.Session, LogTo{W: &out, Logger: NewLogger(&out, format), Format: format}); err != nil {
			t.Error(err)
		}
		log = out.String()
	})
	return log
}

// oracle returns changes of the built-in configuration: an LED 5 ms before each spike.
func oracle() []string {
	return []string{"output.oracle.driver=pulse", "output.oracle.pin=GPIO22", "output.oracle.neuron=n1", "output.oracle.width=5 ms", "output.oracle.ahead=5 ms"}
}

// Records have the lights, and the time of one code more.
func TestLogRecordsOfAnOracle(t *testing.T) {
	t.Parallel()
	var last struct {
		Lights int64   `json:"oracle_lights"`
		Wrong  *int64  `json:"oracle_wrong"`
		Missed *int64  `json:"oracle_missed"`
		Sooner float64 `json:"oracle_knob_sooner_ms"`
	}
	for line := range strings.Lines(logged(t, JSON, nil, oracle()...)) {
		if err := json.Unmarshal([]byte(line), &last); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	if last.Lights != 216 || last.Wrong == nil || *last.Wrong != 0 || last.Missed == nil || *last.Missed != 0 || last.Sooner != 0.1 {
		t.Errorf("got %+v, want 216 lights, none wrong or missed, and 0.1 ms sooner", last)
	}
}

func TestLogLinesForPeople(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		sets []string
		at   func(*sessiontest.Bench) sessiontest.At
		want string
	}{
		{"in real time", nil, nil, `
hillock on the virtual Pi, built-in configuration, in real time
   0:01  n1   -55.4 mV  1.999 nA   71.9 Hz  predicted 71.9 Hz
   0:02  n1   -55.8 mV  1.999 nA   71.9 Hz  predicted 71.9 Hz
   0:03  n1   -56.3 mV  1.999 nA   71.9 Hz  predicted 71.9 Hz
`},
		{"slower", []string{"loop.speed=0.1"}, nil, `
hillock on the virtual Pi, built-in configuration, 10 times slower than real time
   0:01  n1   -65.2 mV  1.999 nA   71.9 Hz  predicted 71.9 Hz  7.19/s real time
   0:02  n1   -61.6 mV  1.999 nA   71.9 Hz  predicted 71.9 Hz  7.19/s real time
   0:03  n1   -58.9 mV  1.999 nA   71.9 Hz  predicted 71.9 Hz  7.19/s real time
`},
		{"two neurons, one with noise", []string{"neuron.n2.input=knob", "neuron.n2.sigma=5 mV", "neuron.n2.seed=1"}, nil, `
hillock on the virtual Pi, built-in configuration, in real time
   0:01  n2: no prediction: the membrane has noise
   0:01  n1   -55.4 mV  1.999 nA   71.9 Hz  predicted 71.9 Hz
   0:01  n2   -64.0 mV  1.999 nA   71.6 Hz  no prediction
   0:02  n1   -55.8 mV  1.999 nA   71.9 Hz  predicted 71.9 Hz
   0:02  n2   -64.1 mV  1.999 nA  107.4 Hz  no prediction
   0:03  n1   -56.3 mV  1.999 nA   71.9 Hz  predicted 71.9 Hz
   0:03  n2   -61.6 mV  1.999 nA  100.3 Hz  no prediction
`},
		{"an LED before each spike", oracle(), func(b *sessiontest.Bench) sessiontest.At {
			return sessiontest.At{2500: func() { b.Virtual.Knobs["knob"].SetCode(600) }}
		}, `
hillock on the virtual Pi, built-in configuration, in real time
   0:01  n1   -55.4 mV  1.999 nA   71.9 Hz  predicted 71.9 Hz
   0:01  oracle  72 lights, 0 wrong, 0 missed; knob +1 code: the same step
   0:02  n1   -55.8 mV  1.999 nA   71.9 Hz  predicted 71.9 Hz
   0:02  oracle  144 lights, 0 wrong, 0 missed; knob +1 code: 0.1 ms sooner
   0:03  n1   -63.7 mV  2.933 nA  138.9 Hz  predicted 138.9 Hz
   0:03  oracle  250 lights, 1 wrong, 1 missed; knob +1 code: the same step
`},
		{"edge inputs", []string{"input.wire.driver=edge", "input.wire.pin=GPIO22", "neuron.n2.count=1", "synapse.a.from=wire", "synapse.a.to=n2", "synapse.a.kind=delta",
			"synapse.a.weight=16 mV"}, func(b *sessiontest.Bench) sessiontest.At {
			pulse := func() { b.Virtual.Pin("GPIO22").Drive(true); b.Virtual.Pin("GPIO22").Drive(false) }
			return sessiontest.At{500: pulse, 1500: func() {
				for range 20 {
					pulse()
				}
			}}
		}, `
hillock on the virtual Pi, built-in configuration, in real time
   0:01  n2: no prediction: synapses act on it
   0:01  n1   -55.4 mV  1.999 nA   71.9 Hz  predicted 71.9 Hz
   0:01  n2   -70.0 mV  0.000 nA    0.0 Hz  no prediction
   0:01  wire  1 spike
   0:02  warning: edges are missing: they came too fast, or in skipped time (input wire, missing 24)
   0:02  n1   -55.8 mV  1.999 nA   71.9 Hz  predicted 71.9 Hz
   0:02  n2   -70.0 mV  0.000 nA    1.0 Hz  no prediction
   0:02  wire  2 spikes, 24 lost, 7 ignored in the dead time
   0:03  n1   -56.3 mV  1.999 nA   71.9 Hz  predicted 71.9 Hz
   0:03  n2   -70.0 mV  0.000 nA    1.0 Hz  no prediction
   0:03  wire  2 spikes, 24 lost, 7 ignored in the dead time
`},
		{"late, another speed, a loose wire", nil, func(b *sessiontest.Bench) sessiontest.At {
			return sessiontest.At{
				500:  func() { b.Clock.Sleep(50*ms + ms/2) },
				1500: func() { _ = b.Session.SetSpeed(0.1) },
				2500: func() { b.Virtual.Ports["SPI0.0"].SetFaults(sim.Faults{MISO: sim.Open}) },
			}
		}, `
hillock on the virtual Pi, built-in configuration, in real time
   0:01  warning: late: 49 of 1000 ticks began more than 1 ms late
   0:01  n1   -55.4 mV  1.999 nA   71.9 Hz  predicted 71.9 Hz
   0:02  the model's speed was changed (speed 0.1)
   0:02  n1   -59.8 mV  1.999 nA   71.9 Hz  predicted 71.9 Hz  14.5/s real time
   0:03  warning: mcp3008 on SPI0.0: no chip answers (MISO stays high): check CE0, pin 24, MISO, pin 21, and 3V3 at VDD (part knob, state lost)
   0:03  n1   -57.7 mV  0.000 nA   71.9 Hz  predicted 0.0 Hz  7.19/s real time
`},
		{"an input held, then lost", []string{"input.knob.stale_after=1500 ms"}, func(b *sessiontest.Bench) sessiontest.At {
			return sessiontest.At{900: func() { b.Virtual.Ports["SPI0.0"].SetFaults(sim.Faults{MISO: sim.Open}) }}
		}, `
hillock on the virtual Pi, built-in configuration, in real time
   0:01  warning: mcp3008 on SPI0.0: no chip answers (MISO stays high): check CE0, pin 24, MISO, pin 21, and 3V3 at VDD (part knob, state holding)
   0:01  n1   -55.4 mV  1.999 nA   71.9 Hz  predicted 71.9 Hz
   0:02  n1   -55.8 mV  1.999 nA   71.9 Hz  predicted 71.9 Hz
   0:03  warning: mcp3008 on SPI0.0: no chip answers (MISO stays high): check CE0, pin 24, MISO, pin 21, and 3V3 at VDD (part knob, state lost)
   0:03  n1   -70.0 mV  0.000 nA    0.0 Hz  predicted 0.0 Hz
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := logged(t, Lines, tt.at, tt.sets...)
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for line := range strings.Lines(got) {
				if w := ansi.StringWidth(strings.TrimSuffix(line, "\n")); (strings.Contains(line, "  n1  ") || strings.Contains(line, "  oracle  ")) && w > 80 {
					t.Errorf("got a line of %d columns, want at most 80: %s", w, line)
				}
			}
		})
	}
}

// Records report a new speed, and from then on the rate in real time. Each line of JSON is a record.
func TestLogRecordsForPrograms(t *testing.T) {
	t.Parallel()
	slower := func(b *sessiontest.Bench) sessiontest.At {
		return sessiontest.At{1500: func() {
			if err := b.Session.Set("", "speed", 0.1); err != nil {
				t.Error(err)
			}
		}}
	}
	log := logged(t, Text, slower)
	before, after, told := strings.Cut(log, "level=INFO msg=\"the model's speed was changed\" speed=0.1\n")
	if !told || strings.Contains(after, "speed was changed") || strings.Contains(before, "real_time_hz") || strings.Count(after, "real_time_hz") != 2 {
		t.Errorf("got\n%s\nwant the speed reported once, and then the rate in real time twice", log)
	}
	var messages []string
	for line := range strings.Lines(logged(t, JSON, slower)) {
		var record struct {
			Msg         string
			PredictedHz float64  `json:"predicted_hz"`
			LateMicros  *float64 `json:"late_p99_us"`
		}
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		if messages = append(messages, record.Msg); record.Msg == "run" && (record.PredictedHz != 71.942 || record.LateMicros == nil) {
			t.Errorf("got %s, want a prediction of 71.942 Hz, and the lateness", line)
		}
	}
	if diff := cmp.Diff([]string{"run begins", "run", "the model's speed was changed", "run", "run"}, messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

func TestLinesOfARecord(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	h := &lines{w: &out, began: time.Unix(1000, 0)}
	for _, tt := range []struct {
		after time.Duration
		level slog.Level
		attrs []any
		want  string
	}{
		{0, slog.LevelInfo, nil, "   0:00  said"},
		{61 * time.Second, slog.LevelWarn, []any{"max_lag", "1 s"}, "   1:01  warning: said (max lag 1 s)"},
		{100 * time.Hour, slog.LevelError, []any{"reason", errors.New("a\nb"), "n", 2}, "100:00:00  error: said (reason a; b, n 2)"},
	} {
		out.Reset()
		r := slog.NewRecord(time.Unix(1000, 0).Add(tt.after), tt.level, "said", 0)
		r.Add(tt.attrs...)
		if err := h.Handle(t.Context(), r); err != nil || out.String() != tt.want+"\n" {
			t.Errorf("got %q, %v, want %q", out.String(), err, tt.want)
		}
	}
}

func TestRiskOfRealTimeIsAWarningOnce(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	l := &logger{Logger: NewLogger(&out, Lines), people: true}
	l.status.Grant = &clock.Grant{Got: []string{"SCHED_FIFO 80"}, Risk: "the loop can stand still"}
	l.grant()
	l.grant()
	if got, want := out.String(), "   0:00  warning: the loop can stand still: realtime = \"auto\" avoids it\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
