package checkup

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hillock/cmd/hillock/internal/findings"
	"hillock/cmd/hillock/internal/parts"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
)

// row is one wire in the graph of the jumper wires, or an end without a wire.
type row struct {
	result doctor.Result // "" for an end that needs no wire
	cells  [5]string     // neuron, output, its pin, the pin at the other end, its part and the neurons behind it
	widths *[5]int       // of all rows
}

// draw returns the graph: a row for each wire, for each output without one, and for each input without one. An output to another board
// has no wire here. With far, the outputs are those of other boards.
func draw(cfg *config.Config, found doctor.Connectome, far bool) (rows []row) {
	widths := new([5]int)
	add := func(result doctor.Result, cells ...string) {
		r := row{result: result, widths: widths}
		copy(r.cells[:], cells)
		for i, cell := range cells {
			widths[i] = max(widths[i], len(cell))
		}
		rows = append(rows, r)
	}
	wire := func(neuron string, j doctor.Jumper) {
		result, end := doctor.Failed, cmp.Or(strings.TrimPrefix(j.Part, "input "), "a free pin")
		if j.Wanted {
			result = doctor.Passed
		}
		add(result, neuron, j.Output, doctor.Spot(j.From), doctor.Spot(j.To), end+behind(cfg, j.Part))
	}
	for _, out := range cfg.Outputs {
		if !parts.IsLED(out) {
			continue
		}
		own := slices.DeleteFunc(slices.Clone(found.Jumpers), func(j doctor.Jumper) bool { return j.Output != out.Name })
		for _, j := range own {
			wire(out.Neuron, j)
		}
		if pin, _ := parts.LED(out); len(own) == 0 && !far {
			end, note := "nothing", ""
			if to := parts.To(out); to != "" {
				end, note = "another board", to+": use 'hillock doctor --listen' there"
			}
			add("", out.Neuron, out.Name, doctor.Spot(pin), end, note)
		}
	}
	for _, j := range found.Jumpers {
		if strings.Contains(j.Output, "/") {
			wire("", j)
		}
	}
	for _, in := range cfg.Inputs {
		part, ok := in.Part.(board.Jumpered)
		if !ok || slices.ContainsFunc(found.Jumpers, func(j doctor.Jumper) bool { return j.Part == "input "+in.Name }) {
			continue
		}
		from, result := "nothing", doctor.Result("")
		if part.From() == "" {
			from = "a button"
		} else if i := slices.IndexFunc(found.Findings, func(f doctor.Finding) bool { return f.Check == in.Name }); i >= 0 {
			result = found.Findings[i].Result
		}
		add(result, "", "", from, doctor.Spot(part.Edges().Pin), in.Name+behind(cfg, "input "+in.Name))
	}
	return rows
}

// behind returns the neurons with a synapse from an input, as " -> n1, n2"; "" for another part.
func behind(cfg *config.Config, part string) string {
	input, ok := strings.CutPrefix(part, "input ")
	var to []string
	for _, s := range cfg.Synapses {
		if !ok || !slices.Contains(s.From, input) {
			continue
		}
		for _, neuron := range s.To {
			if !slices.Contains(to, neuron) {
				to = append(to, neuron)
			}
		}
	}
	const most = 4
	if len(to) > most {
		to = append(to[:most-1], fmt.Sprintf("%d more", len(to)-most+1))
	}
	if len(to) == 0 {
		return ""
	}
	return " -> " + strings.Join(to, ", ")
}

// text returns a row for a report: "ok    n1  red  GPIO17 (header pin 11) -> GPIO22 (header pin 15)  touch -> n2".
func (r row) text(out *findings.Report) string {
	mark := "    "
	if r.result != "" {
		mark = out.Mark(r.result)
	}
	w := r.widths
	text := fmt.Sprintf("%s  %-*s  %-*s  %-*s -> %-*s  %s", mark, w[0], r.cells[0], w[1], r.cells[1], w[2], r.cells[2], w[3], r.cells[3], r.cells[4])
	return strings.TrimRight(text, " ")
}
