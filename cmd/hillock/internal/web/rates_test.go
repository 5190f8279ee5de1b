package web

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/serve"
	"hillock/neuron"
)

// A client gets each measured rate once, and a late client gets all of them. A sweep, other parameters and a reload measure anew.
func TestMeasuredRates(t *testing.T) {
	inBubble(t, serve.Options{Clients: 2}, func(t *testing.T, w *world) {
		v := w.view(t)
		told := func(v *viewer, want ...Rates) {
			t.Helper()
			time.Sleep(time.Second)
			synctest.Wait()
			v.mu.Lock()
			defer v.mu.Unlock()
			near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })
			if diff := cmp.Diff(want, v.rates, near); diff != "" {
				t.Errorf("rates (-want +got):\n%s", diff)
			}
			v.rates = nil
		}
		rates := func(anew bool, points ...Measured) Rates {
			return Rates{Type: "rates", Anew: anew, Points: [][]Measured{append([]Measured{}, points...)}}
		}
		at2 := Measured{Bin: 20, I: 2, Rate: neuron.Default().DiscreteRate(2)}
		told(v, rates(true))
		w.run(t, 20)
		told(v) // a single spike is no interval
		w.run(t, 20)
		told(v, rates(false, at2))
		told(v)
		told(w.view(t), rates(true, at2))
		w.run(t, 20)
		told(v, rates(false, at2))
		v.say(t, `{"type":"sweep","input":"knob"}`)
		w.run(t, 100)
		told(v, rates(true, at2))
		w.begin()
		w.server.Follow()
		told(v, rates(true))
	})
}
