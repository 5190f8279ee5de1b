package wiring

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
)

// Table writes a line for each wire.
func (n *Netlist) Table(w io.Writer) error {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "part\tpin\tto\theader pin\twire\tnote")
	for _, row := range n.rows() {
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	t.Flush() // into a Builder, which takes all
	for line := range strings.Lines(b.String()) {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

// rows are what the table has in its columns.
func (n *Netlist) rows() [][]string {
	var all [][]string
	for _, wire := range n.Wires {
		row := []string{n.label(wire.From.Part), n.pin(wire.From), "", "", wire.Color.Name, wire.Note}
		switch to := wire.To; to.Part {
		case Header:
			row[2], row[3] = n.role(to.Pin), strconv.Itoa(to.Pin)
		case Supply, Ground:
			row[2] = to.Part
		default:
			row[2] = to.Part + ", " + n.pin(to)
			if p := n.part(to.Part); p.Kind == Resistor && len(n.from(to.Part)) == 0 { // it has no row of its own
				row[2] = fmt.Sprintf("%s %s, %s", to.Part, p.Model, n.pin(to))
			}
		}
		all = append(all, row)
	}
	return all
}

// label is a part in words: "IC1 MCP3008, SPI0.0".
func (n *Netlist) label(ref string) string {
	p := n.part(ref)
	if p == nil {
		return ref
	}
	words := []string{p.Ref}
	for _, word := range []string{p.Kind.String(), p.Model} {
		if word != "" {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ") + ", " + p.Use
}

// pin is a part's pin with its name, the number of one that has it printed nowhere left out.
func (n *Netlist) pin(e End) string {
	p := n.part(e.Part)
	switch {
	case p == nil:
		return ""
	case p.Kind == Chip:
		return strconv.Itoa(e.Pin) + " " + p.Pins[e.Pin-1]
	}
	return p.Pins[e.Pin-1]
}
