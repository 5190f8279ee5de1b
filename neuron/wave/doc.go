// Package wave generates currents: constant, step, ramp, sine, chirp, pairs of pulses and noise, or a recording from a file.
// A neuron takes a wave instead of a knob's current, or adds it.
//
// A wave is a function of time: its current is correct after late or skipped ticks too. The time is that of the loop, or
// model time with Played. Noise has a history: each call takes one step, as long as the time since the call before.
//
// Every wave has the same bits on every architecture. The package never sleeps. After its creation a wave allocates nothing.
// Each wave belongs to one goroutine.
package wave
