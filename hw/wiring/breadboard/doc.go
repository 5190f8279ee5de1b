// Package breadboard lays a kit out as it lies on the desk: the Pi, one or more breadboards, each leg in a named hole, and each
// jumper wire from a named place to another.
//
// A Board comes from a wiring.Netlist. Its holes join exactly what the netlist joins: Board.Nets returns that, and a test compares
// the two for every example and for random kits. A Board is drawn as SVG or PNG, and read as a list of steps.
package breadboard
