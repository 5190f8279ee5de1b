// Package neuron is the equation, its closed forms, and the loop that runs it.
//
// It integrates the leaky integrate-and-fire neuron by forward Euler with a fixed step, in a form whose every bit is
// the same on every architecture, and holds the mathematics that predicts what it must do: rheobase, steps between
// spikes, firing rate. The membrane may have noise, which comes from a seed and is the same everywhere too. Loop runs
// neurons tick by tick on a Clock, live or as fast as it can.
//
// A model of a neuron is a file of this package and a line in Models. It has a struct of parameters, which is a Params,
// their description, which is a Model, and a Neuron, whose Step is the equation. The keys of a configuration, their checks,
// the page's sliders and the labels of pictures follow from the description. See lif.go.
//
// It never touches a pin, a file or the wall's clock; it imports the standard library only.
package neuron
