package terminal

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/tty"
)

var (
	dim   = lipgloss.NewStyle().Faint(true)
	bold  = lipgloss.NewStyle().Bold(true)
	amber = lipgloss.NewStyle().Foreground(lipgloss.BrightYellow)
	red   = lipgloss.NewStyle().Foreground(lipgloss.BrightRed)
)

// line is a line of text in pieces. A piece stays whole. A small screen leaves out the lines with the highest spare first.
type line struct {
	spare  spare
	pieces []string
}

// text returns a line of one piece.
func text(s spare, t string) line { return line{s, []string{t}} }

// spare ranks the lines.
type spare int

const (
	needed  spare = iota // keys and remedies
	problem              // faults and notices
	chosen               // the neuron of the plot
	finding              // what the doctor found; its remedy is needed
	reading              // its rates and its knob
	about                // configuration, Pi and speed
	other                // other neurons and inputs
	granted              // the real time of the loop
	display              // pictures on displays
)

// plotRows are the smallest heights of the plot, by line. The plot shrinks to that height before the line is left out.
var plotRows = [...]int{needed: 0, problem: 0, chosen: 3, finding: 4, reading: 6, about: 6, other: 11, granted: 11, display: 16}

func (s *screen) View() tea.View {
	if s.done || s.width == 0 {
		return tea.View{AltScreen: !s.done}
	}
	began := time.Now()
	defer func() { s.drew = time.Since(began) }()
	s.arrivals = s.arrivals[:0]
	for _, is := range s.status.Synapses {
		s.arrivals = append(s.arrivals, is.Arrivals)
	}
	s.status = s.run.Status()
	s.takePictures()
	content := ""
	s.look(func() { content = s.frame() })
	return tea.View{Content: content, AltScreen: true}
}

// frame returns the whole screen.
func (s *screen) frame() string {
	head, foot := s.head(), s.foot()
	switch s.picture {
	case "?":
		head = nil
	case "w":
		head, foot = nil, s.problems()
	}
	fitted, kept := s.fit(head, foot)
	if slices.ContainsFunc(s.status.Doctor, isFailed) && !slices.ContainsFunc(kept, func(l line) bool { return l.spare == reading }) {
		fitted, kept = s.fit(head, s.brief(foot))
	}
	above, below := s.wrap(fitted), s.wrap(kept)
	room := s.height - 1 - len(above) - len(below)
	if room < 0 {
		below = below[:max(len(below)+room, 0)]
	}
	all := above
	if room > 0 {
		all = append(all, s.draw(room)...)
	}
	all = append(append(all, below...), s.keys())
	content := strings.Join(all[max(len(all)-s.height, 0):], "\n")
	if s.glyphs != nil {
		content = strings.Map(s.glyphs, content)
	}
	return content
}

// fit removes lines, one at a time, until the rest and the plot have room.
func (s *screen) fit(head, foot []line) (above, below []line) {
	for {
		last := needed
		for _, l := range slices.Concat(head, foot) {
			last = max(last, l.spare)
		}
		if last == needed || 1+len(s.wrap(head))+len(s.wrap(foot))+s.plotRows(last) <= s.height {
			break
		}
		lines := &head
		if slices.ContainsFunc(foot, func(l line) bool { return l.spare == last }) {
			lines = &foot
		}
		for i, l := range slices.Backward(*lines) {
			if l.spare == last {
				*lines = slices.Delete(slices.Clone(*lines), i, i+1)
				break
			}
		}
	}
	if s.picture == "?" && 1+len(s.wrap(foot))+s.plotRows(needed) > s.height {
		foot = nil
	}
	return head, foot
}

// plotRows returns the smallest height of the picture beside a line. The help does not shrink.
func (s *screen) plotRows(l spare) int {
	if s.picture == "?" {
		return len(helpRows(s.width))
	}
	return plotRows[l]
}

// wrap returns lines as rows no wider than the screen. It breaks between pieces, and inside a piece only if that is too wide.
func (s *screen) wrap(lines []line) (all []string) {
	const gap = "  "
	for _, l := range lines {
		row := l.pieces[0]
		for _, piece := range l.pieces[1:] {
			if lipgloss.Width(row+gap+piece) > s.width {
				all = append(all, readable.Wrap(row, s.width)...)
				row = " " + piece
				continue
			}
			row += gap + piece
		}
		all = append(all, readable.Wrap(row, s.width)...)
	}
	return all
}

// draw returns the picture in that many rows.
func (s *screen) draw(height int) []string {
	i, _ := s.selected()
	n, is, c, w := s.status.Config.Neurons[i], s.status.Neurons[i], &s.seen[i], s.window()
	var lines []string
	switch {
	case s.picture == "?":
		lines = s.help(height)
	case s.picture == "w":
		lines = s.page.draw(s.width, height, s.glyphs)
	case height < 3 || s.width <= tty.Gutter:
	case s.picture == "f":
		theory, reason := s.status.Config.Theory(n)
		lines = tty.Rates{Params: n.Params, Theory: theory, Reason: reason, Points: c.Rates.Points(), Now: is.Current, Low: is.Low, High: is.High}.Draw(s.width, height)
	case s.picture == "h":
		lines = tty.Intervals{Intervals: c.Intervals(), DT: w.DT}.Draw(s.width, height)
	case s.picture == "r":
		lines = append(tty.Raster(w, s.rowsOf(), s.width, height-1), w.Axis(s.width, s.words(w)))
	case s.picture == "l":
		lines = append(tty.Lanes(w, s.rowsOf(), s.width, height-1), w.Axis(s.width, s.words(w)))
	case s.picture == "g":
		lines = s.synapses(w, height)
	default:
		scope := tty.Scope{Params: n.Params, History: c.History, Window: w, Low: is.Low, High: is.High}
		beneath := 0 // rows of the current
		if height >= 8 {
			beneath = min((height-1)/4, 9)
		}
		switch population := (tty.Population{Raster: c.Raster, Window: w}); {
		case c.Raster == nil:
			lines = scope.Membrane(s.width, height-1-beneath)
		case beneath > 0:
			lines = append(population.Spikes(s.width, height-1-2*beneath), population.Rate(s.width, beneath)...)
		default:
			lines = population.Spikes(s.width, height-1)
		}
		if beneath > 0 {
			lines = append(lines, scope.Current(s.width, beneath)...)
		}
		lines = append(lines, w.Axis(s.width, s.words(w)))
	}
	for len(lines) < height {
		lines = append(lines, "")
	}
	return lines[:height]
}

// rowsOf returns the neurons for a picture of all.
func (s *screen) rowsOf() (rows []tty.Row) {
	for k, n := range s.status.Neurons {
		rows = append(rows, tty.Row{Name: n.Name, Note: fmt.Sprintf("%.1f Hz", n.Rate), Params: s.status.Config.Neurons[k].Params,
			History: s.seen[k].History, Raster: s.seen[k].Raster})
	}
	return rows
}

// words returns the middle of the time axis: time base, trigger and pause.
func (s *screen) words(w tty.Window) string {
	text := tty.Duration(time.Duration(w.Steps)*w.DT) + " a screen"
	if s.trigger {
		text += ", trigger"
	}
	if s.stopped != 0 {
		text += ", paused"
	}
	return text
}

// keys returns the last row. It leaves out the least important keys if the row is too long.
func (s *screen) keys() string {
	type key struct {
		text string
		rank int // the lowest stay the longest
	}
	all := []key{{"? help", 0}, {"q quit", 0}}
	if s.picture == "?" {
		all = []key{{"? back", 0}, {"q quit", 0}}
		if s.scrolls {
			all = append(all, key{"↑↓ scroll", 0})
		}
	}
	_, knob := s.selected()
	synapses := s.picture == "g" && len(s.status.Synapses) > 0
	switch {
	case synapses:
		all = append(all, key{"g back", 1}, key{"↑↓ synapse", 2}, key{"tab value", 2}, key{"←→ change", 2}, key{"0 undo", 2})
	case knob != "" && !(s.picture == "?" && s.scrolls):
		all = append(all, key{"←→↑↓ knob", 2})
	}
	if len(s.targets()) > 1 && !synapses {
		all = append(all, key{"tab next", 5})
	}
	pause := "space pause"
	if s.stopped != 0 {
		pause = "space resume"
	}
	letters := "t r f h c"
	if len(s.status.Neurons) > 1 {
		letters = "l " + letters
	}
	if len(s.status.Synapses) > 0 {
		letters = "g " + letters
	}
	if s.page != nil {
		letters += " w"
	}
	all = append(all, key{"+- time", 4}, key{pause, 3}, key{letters, 6})
	if len(s.status.Faults) > 1 { // more than "none"
		all = append(all, key{"x fault" + s.faulty(), 1})
	}
	row := func() (text string) {
		for _, k := range all {
			text += k.text + "  "
		}
		return strings.TrimSpace(text)
	}
	for len(all) > 2 && lipgloss.Width(row()) > s.width {
		last := slices.MaxFunc(all, func(a, b key) int { return a.rank - b.rank }).rank
		all = slices.DeleteFunc(all, func(k key) bool { return k.rank == last })
	}
	const mark = "x fault: "
	text := row()
	if name := s.faulty(); name != "" && !strings.Contains(text, mark) { // the name goes before the words on the keys
		text = "?  q  x" + strings.TrimPrefix(mark, "x") + strings.TrimPrefix(name, ": ")
	}
	before, fault, found := strings.Cut(readable.Wrap(text, s.width)[0], mark)
	if found {
		return dim.Render(before+mark) + fault
	}
	return dim.Render(before)
}
