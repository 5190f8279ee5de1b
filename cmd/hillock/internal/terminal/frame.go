package terminal

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"hillock/cmd/hillock/internal/braille"
	"hillock/cmd/hillock/internal/fault"
	"hillock/cmd/hillock/internal/parts"
	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/tty"
	"hillock/hw/doctor"
)

var (
	dim   = lipgloss.NewStyle().Faint(true)
	bold  = lipgloss.NewStyle().Bold(true)
	amber = lipgloss.NewStyle().Foreground(lipgloss.BrightYellow)
	red   = lipgloss.NewStyle().Foreground(lipgloss.BrightRed)
)

// least is how many lines the picture has before lines of text make room for it.
func (s *screen) least() int {
	if s.picture == "?" {
		return strings.Count(help, "\n") + 1
	}
	return 11
}

// line is one of the screen's text; where there is no room those of the highest spare go first.
type line struct {
	text  string
	spare int
}

func (s *screen) View() tea.View {
	if s.done || s.width == 0 {
		return tea.View{AltScreen: !s.done}
	}
	began := time.Now()
	defer func() { s.drew = time.Since(began) }()
	s.status = s.run.Status()
	text := ""
	s.look(func() { text = s.text() })
	return tea.View{Content: text, AltScreen: true}
}

// text is the whole screen.
func (s *screen) text() string {
	head, foot := s.head(), s.foot()
	if s.picture == "w" { // which needs all the room
		head, foot = nil, s.remarks()
	}
	foot = append(foot, line{s.keys(), 0})
	for spare := 3; spare > 0; spare-- {
		if len(s.wrap(head))+len(s.wrap(foot))+s.least() <= s.height {
			break
		}
		few := func(l line) bool { return l.spare == spare }
		head, foot = slices.DeleteFunc(head, few), slices.DeleteFunc(foot, few)
	}
	all, after := s.wrap(head), s.wrap(foot)
	if room := s.height - len(all) - len(after); room >= 5 && s.width > tty.Gutter {
		all = append(all, s.draw(room)...)
	}
	all = append(all, after...)
	text := strings.Join(all[:min(len(all), s.height)], "\n")
	if os.Getenv("TERM") == "linux" {
		text = strings.Map(braille.Console, text)
	}
	return text
}

// wrap is lines no wider than the screen.
func (s *screen) wrap(lines []line) (all []string) {
	for _, l := range lines {
		all = append(all, readable.Wrap(l.text, s.width)...)
	}
	return all
}

// draw is the picture, of so many lines.
func (s *screen) draw(height int) []string {
	i, _ := s.selected()
	n, is, c, w := s.status.Config.Neurons[i], s.status.Neurons[i], &s.seen[i], s.window()
	var lines []string
	switch s.picture {
	case "?":
		for l := range strings.Lines(help) {
			lines = append(lines, ansi.Truncate(strings.TrimSuffix(l, "\n"), s.width, ""))
		}
	case "w":
		lines = s.page.draw(s.width, height)
	case "f":
		lines = tty.Rates{Params: n.Params, Points: c.Rates.Points(), Now: is.Current, Low: is.Low, High: is.High}.Draw(s.width, height)
	case "h":
		lines = tty.Intervals{Intervals: c.Intervals(), DT: w.DT}.Draw(s.width, height)
	case "r":
		var rows []tty.Row
		for k, n := range s.status.Neurons {
			rows = append(rows, tty.Row{Name: n.Name, History: s.seen[k].History})
		}
		lines = append(tty.Raster(w, rows, s.width, height-1), w.Axis(s.width, s.words(w)))
	default:
		scope := tty.Scope{Params: n.Params, History: c.History, Window: w, Low: is.Low, High: is.High}
		beneath := min(max((height-1)/4, 2), 9)
		lines = append(scope.Membrane(s.width, height-1-beneath), scope.Current(s.width, beneath)...)
		lines = append(lines, w.Axis(s.width, s.words(w)))
	}
	for len(lines) < height {
		lines = append(lines, "")
	}
	return lines[:height]
}

// words say what stretch of time it is.
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

// head is what runs where.
func (s *screen) head() []line {
	lines := []line{{dim.Render(intro(&s.status)), 0}}
	if s.page != nil {
		lines = append(lines, line{dim.Render(s.page.String()), 0})
	}
	if g := s.status.Grant; g != nil {
		lines = append(lines, line{dim.Render(strings.Join(g.Got, ", ")), 3})
		if len(g.Missing) > 0 {
			lines = append(lines, line{dim.Render("not permitted: " + strings.Join(g.Missing, "; ")), 2})
		}
	}
	return lines
}

// foot is how it goes, and what is wrong.
func (s *screen) foot() (lines []line) {
	chosen, _ := s.selected()
	for _, text := range s.neuron(chosen) {
		lines = append(lines, line{text, 0})
	}
	for i := range s.status.Neurons {
		if i != chosen {
			lines = append(lines, line{s.other(i), 1})
		}
	}
	for i, in := range s.status.Inputs {
		spare := 1
		if slices.Contains(s.status.Config.Neurons[chosen].Inputs, in.Name) {
			spare = 0
		}
		lines = append(lines, line{s.input(i), spare})
	}
	return append(append(lines, line{s.timing(), 0}), s.remarks()...)
}

// remarks are what is wrong, and what there is to say.
func (s *screen) remarks() (lines []line) {
	if text := s.status.Overload.String(); text != "" {
		lines = append(lines, line{amber.Render(text), 0})
	}
	lines = append(lines, s.wrong()...)
	if s.page != nil {
		if text := s.page.warning.Load(); text != nil {
			lines = append(lines, line{amber.Render(*text), 1})
		}
	}
	for _, text := range s.notice {
		lines = append(lines, line{amber.Render(text), 0})
	}
	return lines
}

// wrong is what is wrong: of the virtual Pi's wires what the doctor found, else what the run itself reads.
func (s *screen) wrong() (lines []line) {
	if !slices.ContainsFunc(s.status.Doctor, isFailed) {
		for _, f := range s.status.Broken() {
			lines = append(lines, line{red.Render(fmt.Sprintf("%s %s: %s", f.Part, f.State, f.Cause)), 0})
		}
	}
	for _, f := range s.status.Doctor {
		style := dim
		if isFailed(f) {
			style = red
		}
		text := f.Check + ": " + f.Seen
		if f.Means != "" {
			text += ": " + f.Means
		}
		lines = append(lines, line{style.Render(text), 0})
		if f.Do != "" {
			lines = append(lines, line{style.Render("do: " + f.Do), 2})
		}
	}
	return lines
}

// isFailed tells a finding that a check failed.
func isFailed(f doctor.Finding) bool { return f.Result == doctor.Failed }

// leds are the LEDs of a neuron, by their places in the status.
func (s *screen) leds(neuron string) (all []int) {
	for i, out := range s.status.Config.Outputs {
		if out.Neuron == neuron && parts.IsLED(out) {
			all = append(all, i)
		}
	}
	return all
}

// neuron is two lines and its notes: where it is with its LEDs, and its spikes with their rate.
func (s *screen) neuron(i int) []string {
	n := s.status.Neurons[i]
	leds, notes := "", []string(nil)
	for _, k := range s.leds(n.Name) {
		leds += "  " + s.led(k)
		if text := s.status.Outputs[k].Note(); text != "" {
			notes = append(notes, amber.Render(text))
		}
	}
	isi := ""
	if n.Intervals.N > 0 {
		isi = "  ISI " + tty.Duration(time.Duration(n.Intervals.Latest)*s.status.Config.Loop.DT) + fmt.Sprintf("  CV %.3f", n.Intervals.CV)
	}
	first := fmt.Sprintf("%s V %6.1f mV  I %.3f nA%s%s", bold.Render(n.Name), n.V, n.Current, isi, leds)
	second := fmt.Sprintf("%*s spikes %d  rate %.1f Hz  %s", len(n.Name), "", n.Spikes, n.Rate, n.Prediction)
	if s.status.Config.Loop.Speed != 1 || s.status.Tick.Skipped > 0 {
		second += fmt.Sprintf("  %s/s real time", readable.Digits(n.RealTimeRate, 3))
	}
	return append([]string{first, second}, notes...)
}

// other is the line of a neuron that is not drawn.
func (s *screen) other(i int) string {
	n := s.status.Neurons[i]
	text := fmt.Sprintf("%s V %6.1f mV  I %.3f nA  rate %.1f Hz", bold.Render(n.Name), n.V, n.Current, n.Rate)
	for _, k := range s.leds(n.Name) {
		text += "  " + s.led(k)
	}
	return text
}

// led is whether an LED is lit.
func (s *screen) led(i int) string {
	led := dim.Render("○")
	if s.status.Outputs[i].Lit {
		led = red.Render("●")
	}
	pin, _ := parts.LED(s.status.Config.Outputs[i])
	return led + " " + s.status.Outputs[i].Name + " " + pin
}

// input is a line: where the knob is and what the chip says.
func (s *screen) input(i int) string {
	in, is := s.status.Config.Inputs[i], s.status.Inputs[i]
	mark := " "
	if _, knob := s.selected(); knob == in.Name && len(s.targets()) > 1 {
		mark = ">"
	}
	longest := 0
	for _, other := range s.status.Inputs {
		longest = max(longest, len(other.Name))
	}
	r := is.Reading
	line := fmt.Sprintf("%s%-*s %s %s", mark, longest, in.Name, readable.Bar(r.Position, 20), parts.Shows(in, r))
	if r.Spread > 0 && parts.HasCodes(in) {
		line += fmt.Sprintf(" ±%d", (r.Spread+1)/2)
	}
	if n := is.Note.String(); n != "" {
		line += "  " + amber.Render(n)
	}
	return line
}

// timing is how the loop keeps its time.
func (s *screen) timing() string {
	line := fmt.Sprintf("ticks %d  late %s", s.status.Tick.Run(), s.status.Late)
	if s.status.Tick.Skipped > 0 {
		line += amber.Render(fmt.Sprintf("  skipped %d (over %v behind)", s.status.Tick.Skipped, s.status.Config.Loop.MaxLag))
	}
	if s.status.Missed > 0 {
		line += amber.Render(fmt.Sprintf("  steps not seen here %d", s.status.Missed))
	}
	return line
}

// keys are the most used ones; the fault is told where there is one.
func (s *screen) keys() string {
	text := "? help  q quit  "
	if _, knob := s.selected(); knob != "" {
		text += "←→↑↓ knob  "
	}
	if len(s.targets()) > 1 {
		text += "tab next  "
	}
	text += "+- time  space pause  t r f h"
	if s.page != nil {
		text += " w"
	}
	if len(s.status.Faults) < 2 { // none alone
		return dim.Render(text)
	}
	text = dim.Render(text + "  x fault")
	if s.status.Fault != fault.None {
		text += ": " + s.status.Fault
	}
	return text
}
