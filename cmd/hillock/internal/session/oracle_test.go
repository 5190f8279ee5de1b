package session_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/gpio"

	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/hw/sim"
	"hillock/neuron"
)

// withOracle returns changes of the built-in configuration: an LED 5 ms before each spike, and short pulses.
func withOracle(more ...string) []string {
	return append([]string{"output.led.width=1 ms", "output.oracle.driver=pulse", "output.oracle.pin=GPIO22", "output.oracle.neuron=n1",
		"output.oracle.width=1 ms", "output.oracle.ahead=5 ms"}, more...)
}

// rises returns the times at which a pin went high.
func rises(p *sim.Pin) (at []time.Duration) {
	for _, e := range p.Edges() {
		if e.Level == gpio.High {
			at = append(at, e.At)
		}
	}
	return at
}

// The pin of the oracle goes high exactly 5 ms of model time before the pin of each spike, at each position of the knob: also with
// a refractory time, with interspike intervals below 5 ms, and on a slower model.
func TestOracleLightsExactlyAheadOfEachSpike(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		sets []string
		gap  time.Duration // real time
	}{
		{nil, 5 * time.Millisecond},
		{[]string{"neuron.n1.t_ref=3 ms"}, 5 * time.Millisecond},
		{[]string{"loop.speed=0.5"}, 10 * time.Millisecond},
		{[]string{"neuron.n1.integrator=exact"}, 5 * time.Millisecond},
	} {
		spikes, short := 0, 0
		for position := 1; position <= 20; position++ {
			b := sessiontest.New(t, withOracle(tt.sets...)...)
			b.Virtual.Knobs["knob"].SetCode(307 + 35*position) // 1.67 nA to 4.92 nA
			b.Run(t, 2000)
			out := b.Session.Status().Outputs[1]
			if out.Oracle == nil || out.Oracle.Wrong != 0 || out.Oracle.Missed != 0 {
				t.Fatalf("%v, position %d: got %+v, want a spike for each light, and a light for each spike", tt.sets, position, out.Oracle)
			}
			lights, pulses := rises(b.Virtual.Pin("GPIO22")), rises(b.Virtual.Pin("GPIO17"))
			early := 0 // spikes right after the start have no light
			for i, spike := range pulses {
				if spike <= tt.gap {
					early++
				} else if got := spike - lights[i-early]; got != tt.gap {
					t.Fatalf("%v, position %d: got a light %v before spike %d, want %v", tt.sets, position, got, i+1, tt.gap)
				}
				if i > 0 && spike-pulses[i-1] < tt.gap {
					short++
				}
			}
			spikes += len(pulses)
		}
		if spikes < 1000 || short < 100 && tt.sets == nil {
			t.Errorf("%v: got %d spikes, %d of them after a short interval, want over 1000 and 100", tt.sets, spikes, short)
		}
	}
}

// With one code more from now on, the next spike comes in exactly the step that the status says, and without it in its own.
func TestOneCodeMoreMovesTheNextSpikeAsTheStatusSays(t *testing.T) {
	t.Parallel()
	moved := 0
	for _, sets := range [][]string{nil, {"neuron.n1.t_ref=4 ms"}, {`input.knob.current=["5 nA", "0 nA"]`}, {"input.knob.driver=mcp3204"}} {
		for at := int64(50); at < 60; at += 3 {
			for _, code := range []int{310, 330, 400, 600} {
				if len(sets) > 0 && sets[0] == "input.knob.driver=mcp3204" {
					code *= 4 // of 12 bits
				}
				next := func(more int) (step int64, said session.OneCode) {
					b := sessiontest.New(t, withOracle(sets...)...)
					knob, from := b.Virtual.Knobs["knob"], int64(0)
					knob.SetCode(code)
					b.Observe(sessiontest.At{at: func() {
						st := b.Session.Status()
						from, said = st.Tick.Steps, st.Outputs[1].Oracle.Codes[0]
						knob.SetCode(code + more)
					}})
					b.Observe(firstAfter{&from, &step})
					b.Run(t, 400)
					return step - from, said
				}
				now, said := next(0)
				then, _ := next(1)
				hold := 0 // refractory steps left, at most
				if len(sets) > 0 && sets[0] == "neuron.n1.t_ref=4 ms" {
					hold = 40
				}
				if got := now - then; said.Now > 0 && said.Then > 0 && got != said.Now-said.Then || now-said.Now > int64(hold) || now < said.Now {
					t.Errorf("%v, code %d, tick %d: got the next spike after %d steps, with one code more after %d; status says %+v", sets, code, at, now, then, said)
				}
				if said.Now != said.Then {
					moved++
				}
			}
		}
	}
	if moved < 10 {
		t.Errorf("got %d spikes moved by one code, want 10 or more", moved)
	}
}

// firstAfter is an observer of the first spike after a step above 0.
type firstAfter struct{ from, step *int64 }

func (firstAfter) Tick(neuron.Tick) {}

func (f firstAfter) Step(s neuron.Sample) {
	if *f.from > 0 && s.Step > *f.from && s.Spiked && *f.step == 0 {
		*f.step = s.Step
	}
}

// The texts of an oracle say what one code more does.
func TestOracleInWords(t *testing.T) {
	for _, tt := range []struct {
		code session.OneCode
		want string
	}{
		{session.OneCode{Now: 100, Then: 99}, "one code more of knob: next spike 0.1 ms sooner"},
		{session.OneCode{Now: 100, Then: 112}, "one code more of knob: next spike 1.2 ms later"},
		{session.OneCode{Now: 100, Then: 100}, "one code more of knob: next spike in the same step"},
		{session.OneCode{Then: 100}, "one code more of knob: it fires"},
		{session.OneCode{Now: 100}, "one code more of knob: it is silent"},
		{session.OneCode{}, "one code more of knob: still silent"},
		{session.OneCode{AtEnd: true, Now: 100, Then: 100}, "one code more of knob: none, it is at its end"},
	} {
		tt.code.Input, tt.code.DT = "knob", 100*time.Microsecond
		if got := fmt.Sprint(tt.code); got != tt.want {
			t.Errorf("%+v: got %q, want %q", tt.code, got, tt.want)
		}
	}
	o := session.Oracle{Lights: 143, Wrong: 1, Missed: 1}
	if got, want := strings.Join(o.Counts(), ", "), "143 lights, 1 without a spike, 1 spike without a light"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A changed neuron without a prediction has no lights: the status has the reason.
func TestOracleOfANoisyNeuronIsDark(t *testing.T) {
	t.Parallel()
	b := sessiontest.New(t, withOracle()...)
	b.Observe(sessiontest.At{500: func() {
		if err := b.Session.Set("n1", "sigma", 4); err != nil {
			t.Error(err)
		}
	}})
	b.Run(t, 2000)
	o := b.Session.Status().Outputs[1].Oracle
	if lights := rises(b.Virtual.Pin("GPIO22")); lights[len(lights)-1] > 501*time.Millisecond || o.Note() != "no prediction: the membrane has noise" || len(o.Codes) != 0 {
		t.Errorf("got %q, %v, the last light at %v; want no light after 500 ms, and the reason", o.Note(), o.Codes, lights[len(lights)-1])
	}
}
