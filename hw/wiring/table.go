package wiring

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode/utf8"
)

// Table writes a line for each wire. A table wider than width columns has a heading for each part instead of its first column,
// and notes on lines of their own; width 0 is any.
func (n *Netlist) Table(w io.Writer, width int) error {
	rows := append([][]string{{"part", "pin", "to", "header pin", "wire", "note"}}, n.rows()...)
	lines := aligned(rows)
	if width > 0 && slices.ContainsFunc(lines, func(line string) bool { return utf8.RuneCountInString(line) > width }) {
		lines = narrow(rows, width)
	}
	_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
	return err
}

// aligned returns rows as lines with their cells in columns.
func aligned(rows [][]string) []string {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	t.Flush() // no error: into a Builder
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return lines
}

// inWords returns the wires as sentences, for screen readers.
func (n *Netlist) inWords() string {
	var all []string
	for _, row := range n.rows() {
		text := strings.TrimSuffix(row[0]+", "+row[1], ", ") + " to " + row[2]
		if row[3] != "" {
			text += ", header pin " + row[3]
		}
		if row[4] != "" {
			text += " (" + row[4] + ")"
		}
		all = append(all, text)
	}
	return strings.Join(all, ". ")
}

// narrow returns the rows of the table under headings of their parts.
func narrow(rows [][]string, width int) (lines []string) {
	cells := make([][]string, len(rows))
	for i, row := range rows {
		cells[i] = []string{"  " + row[1], row[2], row[3], row[4]}
	}
	table := aligned(cells)
	column := 0 // of the notes
	for _, line := range table {
		column = max(column, utf8.RuneCountInString(line)+2)
	}
	part := ""
	for i, line := range table {
		row := rows[i]
		if row[0] != part {
			part = row[0]
			lines = append(lines, part)
		}
		note := ""
		if i > 0 {
			note = row[5]
		}
		if note != "" && column+utf8.RuneCountInString(note) <= width {
			line, note = fmt.Sprintf("%-*s%s", column, line, note), ""
		}
		lines = append(lines, line)
		if note != "" {
			lines = append(lines, "    "+note)
		}
	}
	return lines
}

// rows returns the cells of the table, without its head.
func (n *Netlist) rows() [][]string {
	var all [][]string
	for _, wire := range n.Wires {
		row := []string{n.label(wire.From.Part), n.pin(wire.From), "", "", wire.Color.Name, wire.Note}
		switch to := wire.To; to.Part {
		case Header:
			row[2], row[3] = n.role(to.Pin), strconv.Itoa(to.Pin)
		case Supply, Ground, Scope:
			row[2] = to.Part
		default:
			row[2] = to.Part + ", " + n.pin(to)
			if p := n.part(to.Part); p.Kind == Resistor && len(n.from(to.Part)) == 0 { // the part has no row in the table
				row[2] = fmt.Sprintf("%s %s, %s", to.Part, p.Model, n.pin(to))
			}
		}
		all = append(all, row)
	}
	return all
}

// label returns a part in words: "IC1 MCP3008, SPI0.0".
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
	return strings.TrimSuffix(strings.Join(words, " ")+", "+p.Purpose(), ", ")
}

// Purpose returns the purpose of a part: "output red", "input left", "SPI0.0". A bare name reads like a colour or a side.
func (p *Part) Purpose() string {
	switch {
	case p.Output != "" && p.Kind != Module && p.Kind != Chip && p.Kind != Capacitor:
		return "output " + p.Use
	case p.Kind == Knob || p.Kind == Light || p.Kind == Button:
		return "input " + p.Use
	}
	return p.Use
}

// pin returns a part's pin by its name; of chips, with its number.
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
