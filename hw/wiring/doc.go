// Package wiring is the wiring sheet of a configuration: which pin of which part goes where, as a table, as the Pi's
// header in characters, and as a drawing to print.
//
// All three are made from one value, the Netlist, and that from the very configuration that runs, so that they cannot
// say different things. Where a kit would do harm, two parts on one pin or more current than a Pi gives, there is no
// Netlist but an error that lists the reasons. The package opens no pin, and never looks at a real one.
package wiring
