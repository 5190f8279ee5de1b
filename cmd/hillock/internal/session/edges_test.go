package session_test

import (
	"errors"
	"fmt"
	"syscall"
	"testing"

	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/cmd/hillock/internal/trace"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/part"
	"hillock/neuron"
)

// relay is a neuron whose output has a jumper wire to a spike input of another neuron.
const relay = `
loop.speed = 1
[input.knob]
driver = "mcp3008"
[input.wire]
driver = "edge"
pin = "GPIO22"
[neuron.n1]
input = "knob"
[neuron.n2]
[synapse.a]
from = "wire"
to = "n2"
kind = "delta"
weight = "16 mV"
delay = "3 ms"
[output.red]
driver = "pulse"
pin = "GPIO17"
neuron = "n1"
width = "2 ms"
`

// spikeSteps returns the steps of all spikes of a neuron.
func spikeSteps(b *sessiontest.Bench, neuron int) (all []int64) {
	b.Session.Record().Look(func(next, _ int64, cells []trace.Cell) { all = cells[neuron].Train.Between(1, next) })
	return all
}

// A spike leaves at the end of its tick, acts from the first step of the next one, and arrives after the delay.
func TestWireBetweenPinsIsASynapse(t *testing.T) {
	t.Parallel()
	b := network(t, relay)
	if err := b.Virtual.Connect("GPIO17", "GPIO22"); err != nil {
		t.Fatal(err)
	}
	b.Virtual.Knobs["knob"].SetCode(500)
	b.Run(t, 2000)
	var want []int64
	for _, s := range spikeSteps(b, 0) {
		if arrival := (s+9)/10*10 + 1 + 30; arrival <= 20_000 {
			want = append(want, arrival)
		}
	}
	got := spikeSteps(b, 1)
	if len(want) < 100 || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	state, ok := b.Board.Edges.Of("wire")
	r := b.Loop.Feeds[0].To[0]
	if !ok || state.Fault != nil || state.Counts.Lost != 0 || state.Counts.Ignored != 0 || r.Late() != 0 || r.Taken() < int64(len(want)) {
		t.Errorf("got %+v, %d taken, %d late", state, r.Taken(), r.Late())
	}
}

// A pin in use elsewhere is a fault of its input alone.
func TestPinInUseIsAFaultOfItsInput(t *testing.T) {
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
	b, err := board.Open(cfg, v)
	if err != nil {
		t.Fatal(err)
	}
	if state, ok := b.Edges.Of("wire"); !ok || !errors.Is(state.Fault, syscall.EBUSY) {
		t.Errorf("got %+v", state)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}
