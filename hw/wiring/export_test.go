package wiring

import "hillock/config"

// Exports for package wiring_test: its tests import hw/part, and hw/part imports this package.

func (n *Netlist) Rows() [][]string         { return n.rows() }
func (n *Netlist) Label(ref string) string  { return n.label(ref) }
func (n *Netlist) Ends(wires []Wire) string { return n.ends(wires) }
func (n *Netlist) At(position int) []Wire   { return n.at(position) }
func (n *Netlist) Role(position int) string { return n.role(position) }
func (n *Netlist) From(ref string) []Wire   { return n.from(ref) }
func (n *Netlist) WiresAt(e End) []Wire     { return n.wiresAt(e) }
func (n *Netlist) Short(e End) string       { return n.short(e) }
func (n *Netlist) Check() []config.Problem  { return n.check() }
