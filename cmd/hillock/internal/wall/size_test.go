package wall

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"hillock/cmd/hillock/internal/class"
)

// A browser gets few bytes, in kB/s with the headers of WebSocket: boards of three neurons, 100 Hz each, with rates that change each second.
func TestBytesToABrowser(t *testing.T) {
	for _, tt := range []struct {
		boards int
		most   float64
	}{{0, 1}, {1, 3}, {30, 45}, {100, 145}} {
		w := &Wall{world: NewWorld("9b"), reports: map[uint16]report{}, changes: 1}
		for k := range tt.boards {
			h := hello("a", 1, 1, 1)
			h.Synapses = []class.HelloSynapse{{Name: "left", From: []string{"mara/n1"}, To: []string{"n1"}, Kind: "delta", Weight: 10, Unit: "mV", Delay: 250}}
			said(t, w.world, fmt.Sprint("board-", k), class.KindHello, h, 0)
		}
		framed, told := 0, 0
		add := func(n int, to *int) { // a message with its header
			*to += n + 2
			if n > 125 {
				*to += 2
			}
		}
		const seconds = 10
		for ms := int64(1); ms <= seconds*1000; ms++ {
			now := time.Duration(ms) * time.Millisecond
			for k := range int64(tt.boards) { // batches of 50 ms, each board at its own time
				if to := ms * 10; to > 500 && (ms+7*k)%50 == 0 {
					spikes := map[string][]int64{}
					for i := range int64(3) {
						for n := range int64(5) {
							name := fmt.Sprint("n", i+1)
							spikes[name] = append(spikes[name], to-499+100*n+17*i)
						}
					}
					said(t, w.world, fmt.Sprint("board-", k), class.KindSpikes, batch("a", to, spikes), now)
				}
				if (ms+k)%1000 == 0 {
					r := class.Rates{Run: "a", Step: ms * 10}
					for i := range 3 {
						r.Neurons = append(r.Neurons, class.NeuronRate{Name: fmt.Sprint("n", i+1), RateHz: 100 + float64(ms%7)/10})
					}
					said(t, w.world, fmt.Sprint("board-", k), class.KindRates, r, now)
				}
			}
			if ms%250 == 0 {
				text, err := json.Marshal(status{Type: "status", Broker: "connected", Viewers: 1})
				if err != nil {
					t.Fatal(err)
				}
				add(len(text), &told)
				since := w.rev
				if w.renew(now); w.rev != since {
					add(len((&press{}).news(w, since)), &told)
				}
			}
			if ms*30/1000 > (ms-1)*30/1000 {
				w.film.shoot(w.world, nil, now)
				add(len(w.film.frames[len(w.film.frames)-1]), &framed)
			}
		}
		perSecond := func(n int) float64 { return float64(n) / seconds / 1000 }
		t.Logf("%d boards: %.1f kB/s, frames %.1f, reports %.1f", tt.boards, perSecond(framed+told), perSecond(framed), perSecond(told))
		if got := perSecond(framed + told); got > tt.most {
			t.Errorf("%d boards: got %.1f kB/s, want at most %g", tt.boards, got, tt.most)
		}
	}
}
