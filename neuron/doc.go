// Package neuron implements the leaky integrate-and-fire neuron: its equation, its closed forms, and the real-time loop.
//
// The equation is integrated by forward Euler with a fixed step. Every bit is the same on every architecture, noise from a
// seed included. The closed forms predict the result: rheobase, steps between spikes, firing rate. A Loop runs neurons tick
// by tick on a Clock, in real time or as fast as it can.
//
// A model is one file of this package and one line in Models. The file has a struct of parameters (Params), their
// description (Model), and a Neuron whose Step is the equation. The description is the source of configuration keys, checks,
// the page's sliders and the labels of pictures. See lif.go.
//
// The package uses no pin, no file and no system clock. It imports only the standard library.
package neuron
