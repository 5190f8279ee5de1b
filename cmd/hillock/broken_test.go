package main

import (
	"bytes"
	"os"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"

	"hillock/hw/board"
	"hillock/neuron"
)

// breaks makes the test binary as the program break in the third second of its run.
const breaks = "HILLOCK_TEST_BREAKS"

// broken is main with a defect.
func broken(kind string) {
	var f runFlags
	switch kind {
	case "loop":
		f.observers = []neuron.Observer{&breaker{step: func(s neuron.Sample) { s.Cell.Neuron = nil }}}
	case "observer":
		f.observers = []neuron.Observer{&breaker{step: func(neuron.Sample) { panic("an observer that breaks") }}}
	case "hangs":
		f.observers = []neuron.Observer{&breaker{step: func(neuron.Sample) { select {} }}}
	case "memory":
		var all [][]byte
		f.observers = []neuron.Observer{&breaker{step: func(neuron.Sample) {
			for {
				all = append(all, bytes.Repeat([]byte{1}, 1<<20))
			}
		}}}
	case "driver":
		if _, err := board.Real(); err != nil {
			panic(err)
		}
		pin := gpioreg.ByName("GPIO17")
		if err := gpioreg.Unregister("GPIO17"); err != nil {
			panic(err)
		}
		if err := gpioreg.Register(&breakingPin{PinIO: pin}); err != nil {
			panic(err)
		}
	}
	root := newRoot()
	run, _, err := root.Find([]string{"run"})
	if err != nil {
		panic(err)
	}
	root.RemoveCommand(run)
	root.AddCommand(f.command())
	os.Exit(exit(root))
}

// breaker breaks the program once, in the third second.
type breaker struct{ step func(neuron.Sample) }

func (*breaker) Tick(neuron.Tick) {}

func (b *breaker) Step(s neuron.Sample) {
	if s.Step == 25_000 {
		b.step(s)
	}
}

// breakingPin is a driver with a panic after high.
type breakingPin struct {
	gpio.PinIO
	outs int
}

func (p *breakingPin) Out(l gpio.Level) error {
	err := p.PinIO.Out(l)
	if p.outs++; p.outs == 100 {
		panic("a driver that breaks")
	}
	return err
}

// Close implements the method of a kernel line.
func (p *breakingPin) Close() { p.PinIO.(interface{ Close() }).Close() }
