package session_test

import (
	"errors"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"

	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/part"
	"hillock/neuron"
)

// pulses drives a pin from outside: so many pulses, each as long as the gap after it.
func pulses(b *sessiontest.Bench, pin string, n int, width time.Duration) {
	for range n {
		b.Virtual.Pin(pin).Drive(gpio.High)
		b.Clock.Sleep(width)
		b.Virtual.Pin(pin).Drive(gpio.Low)
		b.Clock.Sleep(width)
	}
}

// The status has the fate of each edge: a spike, late, lost, dropped or ignored.
func TestStatusCountsTheEdges(t *testing.T) {
	t.Parallel()
	at := func(b *sessiontest.Bench) map[string]func() {
		return map[string]func(){
			"in time":             func() { pulses(b, "GPIO22", 1, 100*time.Microsecond) },
			"in the dead time":    func() { pulses(b, "GPIO22", 4, 50*time.Microsecond) },
			"too many":            func() { pulses(b, "GPIO22", 40, 5*time.Microsecond) },
			"in a late tick":      func() { pulses(b, "GPIO22", 2, 2*time.Millisecond) },
			"before skipped time": func() { pulses(b, "GPIO22", 2, 2*time.Millisecond); b.Clock.Sleep(time.Second) },
		}
	}
	for name, want := range map[string]session.SpikeInput{
		"in time":             {Spikes: 1, Edges: &session.EdgeCounts{}},
		"in the dead time":    {Spikes: 1, Edges: &session.EdgeCounts{Ignored: 3}},
		"too many":            {Spikes: 1, Edges: &session.EdgeCounts{Lost: 64, Ignored: 7}},
		"in a late tick":      {Spikes: 2, Edges: &session.EdgeCounts{Late: 2}},
		"before skipped time": {Edges: &session.EdgeCounts{Dropped: 2}},
	} {
		b := network(t, relay, "input.wire.dead=1 ms")
		b.Virtual.Knobs["knob"].SetCode(0)
		b.Observe(sessiontest.At{100: at(b)[name]})
		b.Run(t, 2000)
		want.Name, want.Fault, want.Button = "wire", session.Fault{Part: "wire", State: "refused"}, true
		if diff := cmp.Diff([]session.SpikeInput{want}, b.Session.Status().SpikeInputs); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff([]session.SpikeInput{want}, b.Session.Summary().SpikeInputs); diff != "" {
			t.Errorf("%s, summary (-want +got):\n%s", name, diff)
		}
	}
}

// A refused pin is a fault of the run, with its consequence and the remedy.
func TestRefusedPinOfAnEdgeInputIsInTheStatus(t *testing.T) {
	t.Parallel()
	cfg, err := config.Parse("net.toml", []byte(relay), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	clock := new(neuron.VirtualClock)
	v, err := board.NewVirtual(cfg, clock)
	if err != nil {
		t.Fatal(err)
	}
	v.Pin("GPIO22").SetFault(syscall.EBUSY)
	s, err := session.Open(t.Context(), cfg, session.Hardware{Pi: v}, session.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	st := s.Status()
	broken := st.Broken()
	if len(broken) != 1 || broken[0].Part != "wire" || broken[0].Means != "no spike comes from wire" || broken[0].Advice != "end the run and run 'hillock doctor'" {
		t.Errorf("got %+v, want the fault of wire", broken)
	}
	if err := errors.Join(s.Close()); err != nil {
		t.Error(err)
	}
}

func TestEdgeCountsInWords(t *testing.T) {
	for _, tt := range []struct {
		counts session.EdgeCounts
		want   string
	}{
		{session.EdgeCounts{}, "[]"},
		{session.EdgeCounts{Late: 4, Lost: 3, Dropped: 2, Ignored: 1}, "[4 late 3 lost 2 dropped in skipped time 1 ignored in the dead time]"},
	} {
		if got := fmt.Sprint(tt.counts.Words()); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}
