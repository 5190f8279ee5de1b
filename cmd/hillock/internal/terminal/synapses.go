package terminal

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/tty"
)

// synapses returns the rows of the picture of all synapses, one each, above the spikes of all neurons if there is room. The list
// scrolls to the chosen synapse.
func (s *screen) synapses(w tty.Window, height int) []string {
	const roomy = 6 // rows of a raster, and of the list above it
	list := height
	if height >= 2*roomy+2 {
		list = height - roomy - 2
	}
	lines := s.synapseRows(list)
	if left := height - len(lines) - 2; left >= roomy {
		lines = append(append(lines, ""), tty.Raster(w, s.rowsOf(), s.width, left)...)
		lines = append(lines, w.Axis(s.width, s.words(w)))
	}
	return lines
}

// synapseRows returns the list of the synapses with its head. Below a list that scrolls is its place, and the chosen value if its column
// has no room.
func (s *screen) synapseRows(height int) []string {
	all := s.status.Synapses
	if len(all) == 0 {
		return []string{"no synapse: a table [synapse.NAME] of the configuration connects neurons"}
	}
	var rows [][]string
	for i := range all {
		rows = append(rows, s.synapse(i))
	}
	head := []string{"", "synapse", "from -> to", "kind", "weight", "tau", "delay", "gain", "arrived"}
	widths := make([]int, len(head))
	for _, row := range rows {
		for k, cell := range row {
			widths[k] = max(widths[k], len(cell))
		}
	}
	for k, cell := range head {
		if widths[k] > 0 { // a column without content has no head either
			widths[k] = max(widths[k], len(cell))
		}
	}
	line := func(row []string, mark func(k int, cell string) string) string {
		text, width := "", 0
		for k, cell := range row {
			if widths[k] == 0 {
				continue
			}
			if width += widths[k] + 2; width > s.width+2 {
				break
			}
			text += mark(k, fmt.Sprintf("%-*s", widths[k], cell)) + "  "
		}
		return strings.TrimRight(text, " ")
	}
	chosen, params := s.synapseParams()
	key := params[s.param%len(params)].Key
	column := slices.Index(head, key)
	end := 0 // of the chosen column
	for _, width := range widths[:column+1] {
		if width > 0 {
			end += width + 2
		}
	}
	hidden := end > s.width+2
	room := max(height-1, 1)
	below := room > 2 && (hidden || len(rows) > room)
	if below {
		room--
	}
	top := min(max(chosen-room/2, 0), max(len(rows)-room, 0))
	bottom := min(top+room, len(rows))
	lines := []string{line(head, func(_ int, cell string) string { return dim.Render(cell) })}
	for i, row := range rows[top:bottom] {
		i += top
		lines = append(lines, line(row, func(k int, cell string) string {
			switch {
			case i != chosen:
				return cell
			case k == 1, k == column:
				return bold.Reverse(k != 1).Render(cell)
			}
			return bold.Render(cell)
		}))
	}
	if below {
		text := fmt.Sprintf("%d-%d of %d", top+1, bottom, len(rows))
		if hidden {
			text = key + " " + rows[chosen][column] + ", " + text
		}
		lines = append(lines, dim.Render(ansi.Truncate("   "+text, s.width, "")))
	}
	return lines
}

// synapse returns the cells of a synapse's row. A star marks an arrival since the latest frame.
func (s *screen) synapse(i int) []string {
	is := s.status.Synapses[i]
	mark := " "
	if i < len(s.arrivals) && is.Arrivals > s.arrivals[i] {
		mark = "*"
	}
	value := func(v float64, unit string) string {
		return strconv.FormatFloat(readable.Round(v), 'f', -1, 64) + " " + unit
	}
	weight, tau, gain := value(is.Weight, is.Kind.Unit()), "", ""
	if is.Plastic {
		weight = value(is.Mean, is.Kind.Unit())
		if is.Low != is.High {
			weight = fmt.Sprintf("%s to %s", strconv.FormatFloat(readable.Round(is.Low), 'f', -1, 64), value(is.High, is.Kind.Unit()))
		}
	}
	if is.Kind.HasTau() {
		tau = value(is.Tau, "ms")
	}
	if s.status.Config.Synapses[i].Gain != "" {
		gain = fmt.Sprintf("%.2f", is.Gain)
	}
	return []string{mark, is.Name, ends(is.From) + " -> " + ends(is.To), is.Kind.String(), weight, tau, value(is.Delay, "ms"), gain, fmt.Sprint(is.Arrivals)}
}

// ends returns the names at one end of a synapse, at most three.
func ends(names []string) string {
	if len(names) > 3 {
		return fmt.Sprintf("%s, %s, %d more", names[0], names[1], len(names)-2)
	}
	return strings.Join(names, ", ")
}

// synapseParams returns the chosen synapse and its adjustable parameters. A knob of the virtual Pi adds its gain. There must be a
// synapse.
func (s *screen) synapseParams() (chosen int, params []session.SynapseParam) {
	chosen = min(s.chosen, len(s.status.Synapses)-1)
	params = session.SynapseParams(s.status.File.Synapses[chosen], s.status.Config.Loop.DT)
	if s.hasKnob(s.status.Config.Synapses[chosen].Gain) {
		params = append(params, session.SynapseParam{Key: "gain"})
	}
	return chosen, params
}

// changeSynapse applies a key to the picture of all synapses, and reports whether it is such a key.
func (s *screen) changeSynapse(key string) bool {
	if s.picture != "g" || len(s.status.Synapses) == 0 {
		return false
	}
	chosen, params := s.synapseParams()
	p := params[s.param%len(params)]
	switch key {
	case "up":
		s.chosen = max(chosen-1, 0)
	case "down":
		s.chosen = min(chosen+1, len(s.status.Synapses)-1)
	case "tab":
		s.param = (s.param + 1) % len(params)
	case "0":
		s.notify(s.run.Reset())
	case "left", "right", "shift+left", "shift+right":
		is := s.status.Synapses[chosen]
		if p.Key == "gain" {
			return s.turn(s.status.Config.Synapses[chosen].Gain, key)
		}
		now := map[string]float64{"weight": is.Weight, "tau": is.Tau, "delay": is.Delay}[p.Key]
		s.notify(s.run.Set("synapse."+is.Name, p.Key, turned(p, now, key)))
	default:
		return false
	}
	return true
}

// turned returns the next value of a parameter: 1 % of its range further, with shift 10 %.
func turned(p session.SynapseParam, now float64, key string) float64 {
	part := 0.01
	if strings.HasPrefix(key, "shift+") {
		part = 0.1
	}
	if strings.HasSuffix(key, "left") {
		part = -part
	}
	to := now + part*(p.Slider.High-p.Slider.Low)
	if p.Slider.Logarithmic {
		to = now * math.Pow(p.Slider.High/p.Slider.Low, part)
	}
	digit := math.Pow(10, float64(p.Slider.Decimals))
	next := math.Round(to*digit) / digit
	if next == now { // a range of a few digits
		next = now + math.Copysign(1/digit, part)
	}
	return min(max(next, p.Slider.Low), p.Slider.High)
}

// notify shows an error as a notice.
func (s *screen) notify(err error) {
	if err != nil {
		s.notice = []string{err.Error()}
	}
}
