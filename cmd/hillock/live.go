package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/sim"
)

// live shows the run on a terminal and turns the virtual Pi's knob, until ctx ends or the person does.
func (v *view) live(ctx context.Context, cmd *cobra.Command) error {
	p := tea.NewProgram(&screen{view: v}, tea.WithInput(cmd.InOrStdin()), tea.WithOutput(cmd.OutOrStdout()),
		tea.WithoutSignalHandler(), tea.WithFPS(frames))
	requests, stop := reportRequests()
	defer stop()
	resumed, stopResumed := resumptions()
	defer stopResumed()
	over := make(chan struct{})
	joined := make(chan struct{})
	go func() {
		defer close(joined)
		run := ctx.Done()
		for {
			select {
			case <-run:
				run = nil // once
				p.Send(ended{})
			case <-requests:
				p.Send(reportRequest{})
			case <-resumed:
				// The shell has taken the terminal out of raw mode meanwhile, and written on it.
				if f, ok := cmd.InOrStdin().(*os.File); ok {
					_, _ = term.MakeRaw(int(f.Fd())) // at the end bubbletea restores what it found in the beginning
				}
				p.Send(tea.ClearScreen())
			case <-over:
				return
			}
		}
	}()
	_, err := p.Run()
	close(over)
	<-joined
	return err
}

const frames = 30 // a second

// screen is the bubbletea model of a run.
type screen struct {
	*view
	width int
	knob  int // which input the arrow keys turn
	broke int // which of trials is switched on
	done  bool
}

type frame struct{}

// ended is the end of the run.
type ended struct{}

// reportRequest asks for the times of the run, above the live lines.
type reportRequest struct{}

func nextFrame() tea.Cmd {
	return tea.Tick(time.Second/frames, func(time.Time) tea.Msg { return frame{} })
}

func (s *screen) Init() tea.Cmd { return nextFrame() }

func (s *screen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case frame:
		return s, nextFrame()
	case ended:
		return s.quit()
	case reportRequest:
		return s, tea.Println(strings.Join(s.monitor.times.fresh().rows(), "\n"))
	case tea.WindowSizeMsg:
		s.width = msg.Width
	case tea.KeyPressMsg:
		switch key := msg.String(); key {
		case "q", "ctrl+c", "esc":
			return s.quit()
		case "ctrl+z": // stopped, it would leave the pins as they are
			return s, tea.Println("Ctrl-Z does not stop the neuron: q ends it, and its pins are then low")
		default:
			if s.virtual != nil {
				s.turn(key)
			}
		}
	}
	return s, nil
}

// quit takes the live lines away: the summary says it all.
func (s *screen) quit() (tea.Model, tea.Cmd) {
	s.done = true
	return s, tea.Quit
}

// knobs are the inputs that a hand turns, by name.
func (s *screen) knobs() (names []string) {
	for _, in := range s.cfg.Inputs {
		if s.virtual != nil && s.virtual.Knobs[in.Name] != nil {
			names = append(names, in.Name)
		}
	}
	return names
}

// turn is what the keys do to the virtual Pi.
func (s *screen) turn(key string) {
	knobs := s.knobs()
	if len(knobs) == 0 && key != "f" {
		return
	}
	var knob *sim.Knob
	if len(knobs) > 0 {
		knob = s.virtual.Knobs[knobs[s.knob%len(knobs)]]
	}
	switch key {
	case "left":
		knob.Set(knob.Position() - 0.01)
	case "right":
		knob.Set(knob.Position() + 0.01)
	case "down", "shift+left":
		knob.Set(knob.Position() - 0.1)
	case "up", "shift+right":
		knob.Set(knob.Position() + 0.1)
	case "home":
		knob.Set(0)
	case "end":
		knob.Set(1)
	case "tab":
		s.knob = (s.knob + 1) % len(knobs)
	case "f":
		all := trials()
		s.broke = (s.broke + 1) % len(all)
		all[s.broke].apply(s.virtual)
	}
}

var (
	dim   = lipgloss.NewStyle().Faint(true)
	bold  = lipgloss.NewStyle().Bold(true)
	green = lipgloss.NewStyle().Foreground(lipgloss.BrightGreen)
	amber = lipgloss.NewStyle().Foreground(lipgloss.BrightYellow)
	red   = lipgloss.NewStyle().Foreground(lipgloss.BrightRed)
)

func (s *screen) View() tea.View {
	if s.done {
		return tea.NewView("")
	}
	s.monitor.read(&s.now)
	lines := []string{dim.Render(s.intro())}
	if g := s.grant.Load(); g != nil {
		lines = append(lines, dim.Render(strings.Join(g.Got, ", ")))
		if len(g.Missing) > 0 {
			lines = append(lines, dim.Render("not permitted: "+strings.Join(g.Missing, "; ")))
		}
	}
	for i, n := range s.cfg.Neurons {
		lines = append(lines, s.neuron(n, s.now.cells[i])...)
	}
	for _, in := range s.cfg.Inputs {
		lines = append(lines, s.input(in))
	}
	lines = append(lines, s.timing())
	if text := overload(s.now.cost, s.cfg); text != "" {
		lines = append(lines, amber.Render(text))
	}
	for _, f := range s.faults() {
		if f.text != "" {
			lines = append(lines, red.Render(fmt.Sprintf("%s %s: %s", f.part, f.state, f.text)))
		}
	}
	lines = append(lines, s.keys())
	text := strings.Join(lines, "\n")
	if s.width > 0 {
		text = ansi.Wrap(text, s.width, " ")
	}
	return tea.NewView(text + "\n")
}

// neuron is two lines: the membrane against threshold with the LEDs, and the spikes with their rate.
func (s *screen) neuron(n config.Neuron, c cellState) []string {
	lo := min(n.VReset, n.EL, n.VT-1)
	part := (c.v - lo) / (n.VT - lo)
	leds, lit := "", []string(nil)
	for _, out := range s.cfg.Outputs {
		if out.Neuron != n.Name || out.Driver != "pulse" {
			continue
		}
		led := dim.Render("○")
		if s.board.Pulses[out.Name].High() {
			led = red.Render("●")
		}
		leds += "  " + led + " " + out.Name + " " + out.Pin
		if text := merging(s.cfg, n, c.current, out); text != "" {
			lit = append(lit, text)
		}
	}
	second := fmt.Sprintf("%*s I %.3f nA  spikes %d  rate %.1f Hz  predicted %.1f Hz", len(n.Name), "", c.current, c.spikes,
		c.rate(s.now.tick.Steps, s.cfg.Loop.DT), n.DiscreteRate(c.current))
	if s.cfg.Loop.Speed != 1 || s.now.tick.Skipped > 0 {
		second += fmt.Sprintf("  %s/s on the wall", digits(c.blinks(s.now.tick.Began), 3))
	}
	lines := []string{fmt.Sprintf("%s V %6.1f mV %s V_T %g mV%s", bold.Render(n.Name), c.v, green.Render(bar(part, 30)), n.VT, leds), second}
	for _, text := range lit {
		lines = append(lines, amber.Render(text))
	}
	return lines
}

// input is a line: where the knob is and what the chip says.
func (s *screen) input(in config.Input) string {
	r := s.board.Inputs[in.Name].Reading()
	mark := " "
	if knobs := s.knobs(); len(knobs) > 1 && knobs[s.knob] == in.Name {
		mark = ">"
	}
	longest := 0
	for _, other := range s.cfg.Inputs {
		longest = max(longest, len(other.Name))
	}
	line := fmt.Sprintf("%s%-*s %s %s", mark, longest, in.Name, bar(r.Position, 20), shows(in, r))
	if r.Spread > 0 && in.Driver != "rc" {
		line += fmt.Sprintf(" ±%d", (r.Spread+1)/2)
	}
	if n := note(r); n != "" {
		line += "  " + amber.Render(n)
	}
	return line
}

// shows is what an input says: the knob's place and what its part gives, or the current where nobody turns it.
func shows(in config.Input, r board.Reading) string {
	switch in.Driver {
	case "wave", "file":
		return fmt.Sprintf("%.3f nA", r.Current)
	case "rc":
		return fmt.Sprintf("%5.1f %%  %.3f ms", 100*r.Position, float64(r.Raw)/1e6)
	}
	return fmt.Sprintf("%5.1f %%  code %d", 100*r.Position, r.Raw)
}

func (s *screen) timing() string {
	late := s.monitor.times.read().Late
	line := fmt.Sprintf("ticks %d  late %s", s.now.tick.Run(), late)
	if s.now.tick.Skipped > 0 {
		line += amber.Render(fmt.Sprintf("  skipped %d (over %v behind)", s.now.tick.Skipped, s.cfg.Loop.MaxLag))
	}
	return line
}

func (s *screen) keys() string {
	if s.virtual == nil {
		return dim.Render("q quit")
	}
	other := ""
	if len(s.knobs()) > 1 {
		other = "tab next knob  "
	}
	return dim.Render("←→ ↑↓ turn the knob  "+other+"f fault: ") + trials()[s.broke].name + dim.Render("  q quit")
}
