// Package wave makes currents: constant, step, ramp, sine, chirp, pairs of pulses, noise, or one that was recorded in a
// file. They take a knob's place, or are added to one.
//
// A wave is asked for its current in nA at a time, which is now of a tick, or what Played makes of it. Ticks may be late
// or skipped: the current is that of the time, however many ticks came before. A Noise, which has a past, takes one step
// of whatever length from the time that it was last asked for.
//
// All of them give the same bits on every architecture. The package never sleeps, allocates nothing once a wave is made,
// and belongs to one goroutine a wave.
package wave
