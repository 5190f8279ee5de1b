// Package wiring makes the wiring sheet of a configuration: a table of all wires, the Pi's header in characters, and a drawing to
// print.
//
// All three come from one value, the Netlist, and the Netlist comes from the running configuration: they always agree. A harmful
// kit, with two parts on one pin or more current than a Pi can supply, has no Netlist but an error with all reasons. The package
// opens no pin.
package wiring
