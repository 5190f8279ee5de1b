package terminal

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/trace"
)

// keyNames are the keys without a character.
var keyNames = map[string]tea.Key{"left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight}, "up": {Code: tea.KeyUp},
	"down": {Code: tea.KeyDown}, "pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown}, "space": {Code: tea.KeySpace, Text: " "},
	"tab": {Code: tea.KeyTab}, "esc": {Code: tea.KeyEscape}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd},
	"shift+left": {Code: tea.KeyLeft, Mod: tea.ModShift}, "shift+right": {Code: tea.KeyRight, Mod: tea.ModShift},
	"ctrl+z": {Code: 'z', Mod: tea.ModCtrl}, "ctrl+c": {Code: 'c', Mod: tea.ModCtrl}}

// typed presses keys, and returns the command of the last one.
func (s *screen) typed(keys string) (cmd tea.Cmd) {
	for _, name := range strings.Fields(keys) {
		key, ok := keyNames[name]
		if !ok {
			r, _ := utf8.DecodeRuneInString(name)
			key = tea.Key{Code: r, Text: name}
		}
		_, cmd = s.Update(tea.KeyPressMsg(key))
	}
	return cmd
}

func TestKeys(t *testing.T) {
	t.Parallel()
	b, s := scopeBench(t, "input.second.driver=mcp3008", "input.second.channel=3", "neuron.n0.input=second")
	knob, second := b.Virtual.Knobs["knob"], b.Virtual.Knobs["second"]
	knob.Set(0.5)
	second.Set(0.5)
	b.Run(t, 4000) // 40,000 steps
	near := func(what string, got, want float64) {
		t.Helper()
		if got < want-1e-9 || got > want+1e-9 {
			t.Errorf("%s: got %g, want %g", what, got, want)
		}
	}
	s.typed("right right left up")
	near("n0's knob after right right left up", second.Position(), 0.61)
	s.typed("tab down shift+left home right")
	near("n1's knob after tab down shift+left home right", knob.Position(), 0.01)
	s.typed("tab end")
	near("n0's knob after tab end", second.Position(), 1)
	near("n1's knob meanwhile", knob.Position(), 0.01)

	for range 20 {
		s.typed("-")
	}
	near("the shortest time base, steps", float64(s.window().Steps), 50)
	for range 20 {
		s.typed("+")
	}
	near("the longest time base, steps", float64(s.window().Steps), 200_000)

	s.typed("- - - - - space")
	w := s.window()
	b.Run(t, 1000)
	s.Update(frame{})
	if s.window().From != w.From {
		t.Errorf("got a picture from step %d while paused, want it to stay at %d", s.window().From, w.From)
	}
	s.typed("pgup shift+left shift+right pgup pgdown")
	near("a screen back", float64(s.window().From), float64(w.From-w.Steps))
	near("n0's knob after scrolling", second.Position(), 1)
	s.typed("pgdown pgdown pgdown pgdown pgdown pgdown pgdown pgdown pgdown pgdown")
	near("the end of all steps", float64(s.window().From+s.window().Steps), 50_001)
	s.typed("space t - - -")
	w = s.window()
	if spike := w.From + w.Steps/4; !isSpike(s, spike) {
		t.Errorf("got step %d a quarter from the left at the trigger, want the step of a spike", spike)
	}

	s.typed("x")
	if got := frameOf(s, 120, 40); !strings.Contains(got, "x fault: MISO open") {
		t.Errorf("got\n%s\nwant the fault named", got)
	}
	s.typed("ctrl+z")
	if got := frameOf(s, 80, 24); !strings.Contains(got, "Ctrl-Z does not stop the neuron: press q to quit, its pins are then low") {
		t.Errorf("got\n%s\nwant the notice about Ctrl-Z", got)
	}
	s.Update(reportRequest{})
	if got := frameOf(s, 120, 40); !strings.Contains(got, "of ticks after a sleep") || strings.Contains(got, "Ctrl-Z") {
		t.Errorf("got\n%s\nwant the times", got)
	}
	if s.typed("h esc"); s.picture != "" || s.done || s.notice != nil {
		t.Error("got something after h and esc, want the scope")
	}
	for _, key := range []string{"q", "esc", "ctrl+c"} {
		s.done = false
		if cmd := s.typed(key); cmd == nil || !s.done || s.View().AltScreen {
			t.Errorf("%s: got it going on, want the end and the terminal as it was", key)
		}
	}
}

func isSpike(s *screen, step int64) bool {
	for after := int64(0); ; after++ {
		switch at, ok := s.seen[0].Train.Last(after); {
		case !ok:
			return false
		case at == step:
			return true
		}
	}
}

// The key s steps through real time, the speeds of slow motion and the file's speed, and reports a refusal.
func TestSlowMotionStepsThroughTheSpeeds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		file string
		want []float64
	}{
		{"1", []float64{0.1, 0.01, 1, 0.1}},
		{"0.1", []float64{0.01, 1, 0.1, 0.01}},
		{"0.05", []float64{0.01, 1, 0.1, 0.05}},
		{"0.001", []float64{1, 0.1, 0.01, 0.001}},
	} {
		b, s := scopeBench(t, "loop.speed="+tt.file)
		var speeds []float64
		for range 4 {
			s.typed("s")
			speeds = append(speeds, b.Session.Status().Config.Loop.Speed)
		}
		if !slices.Equal(speeds, tt.want) {
			t.Errorf("speed = %s: got the speeds %v, want %v", tt.file, speeds, tt.want)
		}
	}
	_, s := scopeBench(t, "input.tone.driver=wave", "input.tone.shape=constant", "input.tone.mean=1 nA", "neuron.n1.input=tone")
	if s.typed("s"); !slices.Equal(s.notice, []string{"speed: input tone plays its current at the file's speed: change speed in the file"}) {
		t.Errorf("got the notice %q", s.notice)
	}
}

// outside is a run with a check in its hands: a call under the record's lock is an error.
type outside struct {
	Run
	t     *testing.T
	calls []string
}

func (o *outside) hand(name string) {
	o.calls = append(o.calls, name)
	free := make(chan struct{})
	go func() {
		o.Record().Look(func(int64, int64, []trace.Cell) {})
		close(free)
	}()
	select {
	case <-free:
	case <-time.After(5 * time.Second): // only if the test fails
		o.t.Errorf("got %s under the record's lock, want it outside", name)
	}
}

func (o *outside) Turn(string, float64) (float64, error) { o.hand("Turn"); return 0, nil }
func (o *outside) TurnBy(string, float64) error          { o.hand("TurnBy"); return nil }
func (o *outside) StepFault(int)                         { o.hand("StepFault") }
func (o *outside) SetSpeed(float64) error                { o.hand("SetSpeed"); return nil }

// A browser's request for the status takes both locks, in the other order.
func TestKeysChangeTheRunOutsideTheRecordsLock(t *testing.T) {
	_, s := scopeBench(t)
	o := &outside{Run: s.run, t: t}
	s.run = o
	s.typed("left up home s x space shift+left")
	if diff := cmp.Diff([]string{"TurnBy", "TurnBy", "Turn", "SetSpeed", "StepFault"}, o.calls); diff != "" {
		t.Errorf("what the keys did (-want +got):\n%s", diff)
	}
}
