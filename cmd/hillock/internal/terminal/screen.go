// Package terminal shows a run on a terminal: as a scope with keys for the virtual Pi's knobs, or as log lines. It draws a
// session.Status and a trace.Record.
package terminal

import (
	"image"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/trace"
	"hillock/cmd/hillock/internal/tty"
	"hillock/config"
)

// Run is the run on the screen.
type Run interface {
	Status() session.Status
	Record() *trace.Record // of the present configuration
	Times() session.Times  // until now
	Turn(input string, position float64) (was float64, err error)
	TurnBy(input string, part float64) error
	Tap(input string) error // presses a button of the virtual Pi
	StepFault(by int)
	Set(name, key string, value float64) error // of a neuron, or of "synapse.a"
	Reset() error
	SetSpeed(speed float64) error
	Picture(output string) *image.Gray // of a display of the virtual Pi; nil for other outputs
}

// screen is the bubbletea model of a run: an oscilloscope on the whole terminal.
type screen struct {
	run           Run
	page          *Page          // nil without --web
	status        session.Status // at the latest frame or key
	record        *trace.Record
	link          *paced
	glyphs        func(rune) rune // replaces characters the terminal does not show; nil: none
	drew          time.Duration   // the time to draw the latest frame
	width, height int

	pictures map[string]*image.Gray // of the chosen neuron's displays, by output

	seen []trace.Cell // of the record, by neuron; valid inside look

	arrivals []int64 // of the synapses, at the frame before
	chosen   int     // the chosen synapse of g
	param    int     // the index of its chosen parameter

	target  int    // the index of the selected target
	picture string // the key of the picture: "" for the scope
	top     int    // the first row of the help in view
	scrolls bool   // the help has more rows than the screen
	base    int    // an index into timeBases
	trigger bool   // on a spike
	stopped int64  // in a pause, the step after the last one on the screen; else 0
	present int64  // the latest step at the pause
	notice  []string
	done    bool
	left    func() // called at the end
}

// timeBases are the choices for the model time across the screen.
var timeBases = [...]time.Duration{5 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 5 * time.Second,
	10 * time.Second, 20 * time.Second}

func newScreen(run Run, page *Page, link *paced) *screen {
	s := &screen{run: run, page: page, status: run.Status(), record: run.Record(), link: link, base: 5, left: func() {}}
	if len(s.status.Synapses) > 0 && len(s.status.Neurons) > 1 {
		s.picture = "l"
	}
	return s
}

type frame struct{}

// ended is the end of the run.
type ended struct{}

// reportRequest asks for the lateness report of the run.
type reportRequest struct{}

func (s *screen) nextFrame() tea.Cmd {
	return tea.Tick(s.link.pause(s.drew), func(time.Time) tea.Msg { return frame{} })
}

func (s *screen) Init() tea.Cmd { return s.nextFrame() }

func (s *screen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case frame:
		s.look(func() {}) // the tap keeps steps for a short time only
		return s, s.nextFrame()
	case ended:
		return s, s.quit()
	case reportRequest:
		s.notice = s.run.Times().Rows()
	case tea.WindowSizeMsg:
		s.width, s.height = msg.Width, msg.Height
	case tea.KeyPressMsg:
		s.notice = nil
		s.status = s.run.Status()
		var cmd tea.Cmd
		if !s.change(msg.String()) {
			s.look(func() { cmd = s.press(msg.String()) })
		}
		return s, cmd
	}
	return s, nil
}

// look calls see with the recorded steps. It holds the record's lock. The locks of the run come before: see must not call the run.
func (s *screen) look(see func()) {
	s.record.Look(func(_, _ int64, cells []trace.Cell) {
		s.seen = cells
		see()
	})
}

// quit removes the picture from the terminal. The summary follows.
func (s *screen) quit() tea.Cmd {
	s.done = true
	s.left()
	return tea.Quit
}

// change applies a key to the run or to the help, and reports whether the key has such an effect.
func (s *screen) change(key string) bool {
	scrolls := s.stopped != 0 && (key == "shift+left" || key == "shift+right")
	_, knob := s.selected()
	switch {
	case s.scrollHelp(key), s.changeSynapse(key):
	case key == "s":
		s.slower()
	case key == "c":
		s.clear()
	case key == "b":
		s.tap()
	case key == "x":
		s.run.StepFault(1)
	case key == "X":
		s.run.StepFault(-1)
	case scrolls || !s.turn(knob, key):
		return false
	}
	return true
}

// press applies a key to the picture. It runs inside look.
func (s *screen) press(key string) tea.Cmd {
	switch key {
	case "esc":
		if s.picture == "" {
			return s.quit()
		}
		s.picture = ""
	case "q", "ctrl+c":
		return s.quit()
	case "ctrl+z": // a stopped process would leave the pins as they are
		s.notice = []string{"Ctrl-Z does not stop the neuron: press q to quit, its pins are then low"}
	case "w":
		if s.page == nil {
			s.notice = []string{"w needs the page: quit and run 'hillock run --web'"}
			break
		}
		fallthrough
	case "l", "g", "r", "f", "h", "?":
		if s.picture == key {
			key = ""
		}
		s.picture, s.top = key, 0
	case "+", "=":
		s.base = min(s.base+1, len(timeBases)-1)
	case "-", "_":
		s.base = max(s.base-1, 0)
	case "t":
		s.trigger = !s.trigger
	case "space":
		if s.stopped != 0 {
			s.stopped = 0
			break
		}
		s.present = s.window().Now
		s.scroll(0)
	case "pgup":
		s.scroll(-s.window().Steps)
	case "pgdown":
		s.scroll(s.window().Steps)
	case "tab":
		s.target++
	case "shift+left":
		if s.stopped != 0 {
			s.scroll(-s.window().Steps / 10)
		}
	case "shift+right":
		if s.stopped != 0 {
			s.scroll(s.window().Steps / 10)
		}
	}
	return nil
}

// scroll pauses the picture and moves it by a number of steps.
func (s *screen) scroll(steps int64) {
	w, h := s.window(), s.seen[0].History
	s.stopped = max(min(w.From+w.Steps+steps, h.Next()), h.Oldest()+1)
}

// window returns the steps on the screen: the latest, the ones around the trigger spike, or the ones of the pause.
func (s *screen) window() tty.Window {
	n, _ := s.selected()
	now := s.seen[n].History.Next()
	w := tty.Window{Steps: max(2, int64(timeBases[s.base]/s.status.Config.Loop.DT)), Now: now - 1, DT: s.status.Config.Loop.DT}
	if s.picture == "r" {
		w.Steps = max(w.Steps, int64(time.Second/w.DT))
	}
	w.From = now - w.Steps
	if s.stopped != 0 {
		w.From, w.Now = s.stopped-w.Steps, s.present
	} else if s.trigger {
		for after := int64(0); ; after++ {
			spike, ok := s.seen[n].Train.Last(after)
			if !ok {
				break
			}
			if spike+w.Steps*3/4 < now {
				w.From, w.Still = spike-w.Steps/4, true
				break
			}
		}
	}
	return w
}

// target is a neuron with one of its knobs, or with "".
type target struct {
	neuron int
	knob   string
}

// targets returns the stops of the tab key. The knob of a gain alone belongs to the first neuron behind its synapse.
func (s *screen) targets() (all []target) {
	var seen []string
	for _, n := range s.status.Config.Neurons {
		seen = append(seen, n.Inputs...)
	}
	for i, n := range s.status.Config.Neurons {
		knobs := slices.Clone(n.Inputs)
		for _, syn := range s.status.Config.Synapses {
			behind := slices.ContainsFunc(syn.To, func(to string) bool { return config.TableOf(to) == n.Name })
			if behind && !slices.Contains(seen, syn.Gain) {
				seen = append(seen, syn.Gain)
				knobs = append(knobs, syn.Gain)
			}
		}
		before := len(all)
		for _, knob := range knobs {
			if s.hasKnob(knob) {
				all = append(all, target{i, knob})
			}
		}
		if len(all) == before {
			all = append(all, target{i, ""})
		}
	}
	for _, in := range s.status.Inputs { // knobs without any effect
		if in.Knob != nil && !slices.Contains(seen, in.Name) {
			all = append(all, target{0, in.Name})
		}
	}
	return all
}

// selected returns the neuron and the knob of the keys.
func (s *screen) selected() (neuron int, knob string) {
	all := s.targets()
	t := all[s.target%len(all)]
	return t.neuron, t.knob
}

// hasKnob reports whether the keys can turn an input.
func (s *screen) hasKnob(input string) bool {
	return slices.ContainsFunc(s.status.Inputs, func(in session.InputStatus) bool { return in.Name == input && in.Knob != nil })
}

// turn applies a key to a knob of the virtual Pi, and reports whether it is such a key. Without a knob it says why nothing turns.
func (s *screen) turn(knob, key string) bool {
	by := map[string]float64{"left": -0.01, "right": 0.01, "down": -0.1, "shift+left": -0.1, "up": 0.1, "shift+right": 0.1}
	to := map[string]float64{"home": 0, "end": 1}
	part, turns := by[key]
	position, jumps := to[key]
	switch {
	case !turns && !jumps:
		return false
	case knob == "":
		s.notice = []string{s.noKnob()}
	case turns:
		s.notify(s.run.TurnBy(knob, part))
	default:
		_, err := s.run.Turn(knob, position)
		s.notify(err)
	}
	return true
}

// tap presses all buttons of the virtual Pi. Without a button it says why nothing happens.
func (s *screen) tap() {
	s.notice = []string{"the configuration has no button"}
	if !s.status.Virtual {
		s.notice = []string{"b presses buttons of the virtual Pi: press a real button by hand"}
	}
	for _, in := range s.status.SpikeInputs {
		if in.Button {
			s.notice = nil
			s.notify(s.run.Tap(in.Name))
		}
	}
}

// noKnob returns the reason for a selection without a knob.
func (s *screen) noKnob() string {
	n, _ := s.selected()
	switch {
	case !s.status.Virtual:
		return "the keys turn knobs of the virtual Pi: turn a real knob by hand"
	case slices.ContainsFunc(s.status.Inputs, func(in session.InputStatus) bool { return in.Knob != nil }):
		return s.status.Config.Neurons[n].Name + " has no knob: press tab for the next neuron or knob"
	}
	return "the configuration has no knob"
}

// clear forgets the intervals of h, or the points of f while f is on the screen.
func (s *screen) clear() {
	if s.picture == "f" {
		s.record.ForgetRates()
		s.notice = []string{"measured points cleared"}
		return
	}
	s.record.ClearIntervals()
	s.notice = []string{"interspike intervals cleared"}
}

// slower chooses the next lower of real time, the speeds of slow motion and the file's speed, and after the lowest the highest.
func (s *screen) slower() {
	speeds := []float64{1, 0.1, 0.01, s.status.File.Loop.Speed}
	next := slices.Max(speeds)
	slices.Sort(speeds)
	for _, speed := range speeds {
		if speed < s.status.Config.Loop.Speed*0.999 {
			next = speed
		}
	}
	s.notify(s.run.SetSpeed(next))
}
