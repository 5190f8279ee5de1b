package summary_test

import (
	"bytes"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/cmd/hillock/internal/summary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What was changed while it ran is in the summary, and spoils the prediction where it has to.
func TestTheSummaryOfARunThatWasChanged(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(w *session.Session) error
		sets   string
		want   string // its first lines
	}{
		{"nothing", func(w *session.Session) error { return w.Set("n1", "v_t", -55) }, "loop.speed=1", `
2 s of model time in 2 s
n1         143 spikes in that time, 71.5 Hz
predicted  143 spikes, one every 13.9 ms (71.94 Hz) at 1.999 nA
`},
		{"the speed", func(w *session.Session) error { return w.Set("", "speed", 0.1) }, "loop.speed=1", `
1.1 s of model time in 2 s, at a speed that was changed, last to 0.1
n1         79 spikes in that time, 71.82 Hz (39.5/s on the wall)
predicted  79 spikes, one every 13.9 ms (71.94 Hz) at 1.999 nA
`},
		{"the speed, to life's", func(w *session.Session) error { return w.Set("", "speed", 1) }, "loop.speed=0.1", `
1.1 s of model time in 2 s, at a speed that was changed, last to 1
n1         79 spikes in that time, 71.82 Hz (39.5/s on the wall)
predicted  79 spikes, one every 13.9 ms (71.94 Hz) at 1.999 nA
`},
		{"the neuron", func(w *session.Session) error { return w.Set("n1", "v_t", -60) }, "loop.speed=1", `
2 s of model time in 2 s
n1         214 spikes in that time, 107 Hz
no prediction: the neuron was changed during the run
`},
		{"its noise", func(w *session.Session) error { return w.Set("n1", "sigma", 0) }, "neuron.n1.sigma=0.001 mV", `
2 s of model time in 2 s
n1         143 spikes in that time, 71.5 Hz
no prediction: the neuron was changed during the run
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := sessiontest.New(t, tt.sets)
			b.Observe(sessiontest.At{1000: func() {
				if err := tt.change(b.Session); err != nil {
					t.Error(err)
				}
			}})
			b.Run(t, 2000)
			s := b.Session.Summary()
			var out bytes.Buffer
			if err := summary.Text(&out, s); err != nil {
				t.Fatal(err)
			}
			got, _, _ := strings.Cut(out.String(), "led ")
			if diff := cmp.Diff(tt.want, got); diff != "" || s.Speed != b.Session.Status().Config.Loop.Speed {
				t.Errorf("got a speed of %g and (-want +got):\n%s", s.Speed, diff)
			}
		})
	}
}
