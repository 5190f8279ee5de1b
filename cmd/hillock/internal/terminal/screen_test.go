package terminal

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/fault"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/cmd/hillock/internal/summary"
	"hillock/cmd/hillock/internal/systemd"
	"hillock/cmd/hillock/internal/web"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/doctor"
	"hillock/neuron"
)

const ms = time.Millisecond

var update = flag.Bool("update", false, "write the golden files")

// scopeBench returns a run on a virtual clock, and its screen. The screen takes the steps every 33 ticks.
func scopeBench(t testing.TB, sets ...string) (*sessiontest.Bench, *screen) {
	t.Helper()
	b := sessiontest.New(t, append([]string{"output.led.width=2 ms"}, sets...)...)
	s := newScreen(b.Session, nil, nil)
	s.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	b.Observe(sessiontest.Each(func(tick neuron.Tick) {
		if tick.Due%33 == 0 {
			s.Update(frame{})
		}
	}))
	return b, s
}

// The lines below the picture have the lights before spikes, and the effect of one code more.
func TestFrameOfAnOracle(t *testing.T) {
	t.Parallel()
	b, s := scopeBench(t, oracle()...)
	b.Run(t, 1000)
	s.Update(tea.WindowSizeMsg{Width: 140, Height: 24})
	want := "\n oracle 5 ms ahead  72 lights  0 without a spike  0 spikes without a light  one code more of knob: next spike in the same step"
	if got := ansi.Strip(s.View().Content); !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant a line with %q", got, want)
	}
}

// go test ./cmd/hillock/internal/terminal -run TestFrames -update writes the frames.
func TestFrames(t *testing.T) {
	t.Parallel()
	b, s := scopeBench(t, "input.second.driver=mcp3008", "input.second.channel=3", "neuron.n2.input=second", "neuron.n2.sigma=2 mV",
		"neuron.n2.seed=7", "output.other.driver=pulse", "output.other.pin=GPIO27", "output.other.neuron=n2", "output.other.width=2 ms")
	b.Virtual.Knobs["second"].SetCode(330)
	turn := sessiontest.At{}
	for i, code := range []int{1023, 700, 280, 409, 550} {
		turn[int64(1+2500*i)] = func() { b.Virtual.Knobs["knob"].SetCode(code) }
	}
	b.Observe(turn)
	b.Run(t, 10_060)
	for _, tt := range []struct {
		name, keys    string
		width, height int
	}{
		{"scope", "", 80, 24},
		{"scope-large", "", 120, 40},
		{"trigger", "- - t", 80, 24},
		{"back", "t + + + space pgup shift+right", 80, 24},
		{"slow", "space + + + + +", 80, 24},
		{"raster", "r - - - - -", 120, 40},
		{"rate", "f", 80, 24},
		{"intervals", "h tab", 80, 24},
		{"help", "?", 80, 24},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s.typed(tt.keys)
			golden(t, "frame-"+tt.name, s, tt.width, tt.height)
		})
	}
}

// golden compares a frame with the file of that name.
func golden(t *testing.T, name string, s *screen, width, height int) {
	t.Helper()
	var lines []string
	for l := range strings.Lines(frameOf(s, width, height)) {
		l = strings.TrimRight(l, " \n")
		if n := utf8.RuneCountInString(l); n > width {
			t.Errorf("got a line of %d columns, want at most %d: %s", n, width, l)
		}
		lines = append(lines, l)
	}
	if len(lines) != height {
		t.Errorf("got %d lines, want %d", len(lines), height)
	}
	got := strings.Join(lines, "\n") + "\n"
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("frame (-want +got):\n%s\nin whole:\n%s", diff, got)
	}
}

// The rows fit every size. Faults are shown down to 80x24.
func TestFramesFitAnySize(t *testing.T) {
	t.Parallel()
	b, s := scopeBench(t)
	b.Run(t, 500)
	s.typed("x")
	b.Run(t, 1200)
	for _, size := range [][2]int{{200, 60}, {80, 24}, {60, 20}, {40, 12}, {20, 5}, {3, 2}, {1, 1}} {
		for _, picture := range []string{"", "r", "f", "h", "?"} {
			s.picture = picture
			text := frameOf(s, size[0], size[1])
			if n := strings.Count(text, "\n") + 1; n > size[1] {
				t.Errorf("%v %q: got %d lines", size, picture, n)
			}
			for l := range strings.Lines(text) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(l, "\n")); n > size[0] {
					t.Errorf("%v %q: got %d columns: %s", size, picture, n, l)
				}
			}
			if flat := strings.Join(strings.Fields(text), " "); size[0] >= 80 && !strings.Contains(flat, "mcp3008 on SPI0.0: no chip answers") {
				t.Errorf("%v %q: got\n%s\nwant the fault", size, picture, text)
			}
		}
	}
}

// The screen's train has each spike of the loop, at its step, and half a minute of them is within reach.
func TestScreenHasEverySpike(t *testing.T) {
	t.Parallel()
	b, s := scopeBench(t)
	var want []int64
	b.Observe(sessiontest.Each(func(neuron.Tick) {
		if c := b.Loop.Cells[0]; len(want) == 0 && c.Last > 0 || len(want) > 0 && c.Last > want[len(want)-1] {
			want = append(want, c.Last)
		}
	}))
	b.Run(t, 35_000)
	s.Update(frame{})
	for i, step := range want {
		if got, ok := s.seen[0].Train.Last(int64(len(want) - 1 - i)); got != step || !ok {
			t.Fatalf("spike %d: got it at step %d, %v, want %d", i, got, ok, step)
		}
	}
	if len(want) < 2400 || b.Session.Status().Missed != 0 {
		t.Errorf("got %d spikes, %d steps missed; want those of 35 s and none", len(want), b.Session.Status().Missed)
	}
	s.typed("space")
	for range 170 {
		s.typed("pgup")
	}
	w := s.window()
	if drawn := strings.Count(frameOf(s, 80, 24), "⡇") + strings.Count(frameOf(s, 80, 24), "⢸"); w.From > 10_001 || drawn < 14 {
		t.Errorf("got a picture from step %d with %d strokes; want the spikes of 34 s ago", w.From, drawn)
	}
}

// BenchmarkFrame measures a frame of a run of ten seconds, without bubbletea.
func BenchmarkFrame(b *testing.B) {
	run, s := scopeBench(b)
	run.Run(b, 10_000)
	for _, bb := range []struct {
		name, picture string
		width, height int
	}{
		{"scope", "", 80, 24},
		{"scope", "", 200, 60},
		{"raster", "r", 80, 24},
		{"rate", "f", 80, 24},
		{"intervals", "h", 80, 24},
	} {
		b.Run(fmt.Sprintf("%s/%dx%d", bb.name, bb.width, bb.height), func(b *testing.B) {
			s.picture = bb.picture
			s.Update(tea.WindowSizeMsg{Width: bb.width, Height: bb.height})
			b.ReportAllocs()
			for b.Loop() {
				s.Update(frame{})
				s.View()
			}
		})
	}
}

func TestSlowFramesAreFewer(t *testing.T) {
	t.Parallel()
	slow := new(paced)
	slow.took.Store(int64(50 * ms))
	for _, tt := range []struct {
		link       *paced
		draw, want time.Duration
	}{
		{nil, 2 * ms, time.Second / 30},
		{new(paced), 2 * ms, time.Second / 30},
		{new(paced), 10 * ms, 120 * ms},
		{slow, 0, 200 * ms},
		{slow, 10 * ms, 320 * ms},
		{slow, 10 * time.Second, 2 * time.Second},
	} {
		if got := tt.link.pause(tt.draw); got != tt.want {
			t.Errorf("a frame that takes %v to draw: got the next after %v, want %v", tt.draw, got, tt.want)
		}
	}
}

// The page and the terminal share one fault and the findings of the doctor.
func TestPageAndTerminalShareTheFault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		says := func(_ context.Context, f fault.Fault, _ *config.Config, each func(doctor.Finding)) error {
			each(doctor.Finding{Check: "SPI0.0", Result: doctor.Failed, Seen: "it has " + f.Name, Means: "a wire is out", Do: "push it in"})
			return nil
		}
		b := sessiontest.With(t, new(neuron.VirtualClock), session.Options{Traced: true, Doctor: says})
		s, w := newScreen(b.Session, nil, nil), web.Of(b.Session, "test")
		look := func(fault string) {
			t.Helper()
			synctest.Wait()
			text := frameOf(s, 80, 24)
			if want := "SPI0.0: it has " + fault + ": a wire is out do: push it in ? help"; !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
				t.Errorf("got\n%s\nwant in it %s", text, want)
			}
			if strings.Contains(text, "no chip answers") {
				t.Errorf("got\n%s\nwant the doctor's finding instead of the run's", text)
			}
			if st := w.Status(); st.Fault != fault || len(st.Doctor) != 1 || st.Doctor[0].Seen != "it has "+fault {
				t.Errorf("got the fault %q and %v on the page, want %s", st.Fault, st.Doctor, fault)
			}
		}
		s.typed("x")
		b.Run(t, 1000)
		look("MISO open")
		if err := w.Fault("leg to 3V3 loose"); err != nil {
			t.Fatal(err)
		}
		look("leg to 3V3 loose")
		s.typed("x")
		look("leg to GND loose")
		s.typed("x x")
		if st, text := w.Status(), frameOf(s, 80, 24); st.Fault != "none" || len(st.Doctor) > 0 || strings.Contains(text, "it has") {
			t.Errorf("got the fault %q, %v and\n%s\nwant all wires in their places", st.Fault, st.Doctor, text)
		}
	})
}

// A loose LED is dark on the page and on the terminal while its pin is high.
func TestLooseLEDIsDark(t *testing.T) {
	t.Parallel()
	b, s := scopeBench(t, "output.led.width=20 ms")
	w := web.Of(b.Session, "test")
	b.Run(t, 1000)
	if on := w.On(new([32]int64)); on != 1 || !strings.Contains(frameOf(s, 80, 24), "● led") {
		t.Errorf("got outputs %b on, want the LED: it stays lit at this rate", on)
	}
	if err := w.Fault("LED loose"); err != nil {
		t.Fatal(err)
	}
	if on := w.On(new([32]int64)); on != 0 || !strings.Contains(frameOf(s, 80, 24), "○ led") || !b.Board.Outputs["led"].(board.Pulsing).High() {
		t.Errorf("got outputs %b on, want the LED dark and its pin high", on)
	}
}

// Without a closed form no display has a prediction.
func TestEveryDisplayShowsTheSamePrediction(t *testing.T) {
	t.Parallel()
	_, stop := reportRequests() // its goroutine outlives the bubble
	stop()
	for _, tt := range []struct {
		name    string
		sets    []string
		log     string
		text    string // of the status and the screen
		summary string // a line of it
	}{
		{"a steady current", nil, " predicted_hz=71.942 ", "predicted 71.9 Hz", "predicted  107 spikes, one every 13.9 ms (71.94 Hz) at 1.999 nA\n"},
		{"a noisy membrane", []string{"neuron.n1.sigma=5 mV"}, ` no_prediction="the membrane has noise" `,
			"no prediction: the membrane has noise", "no prediction: the membrane has noise\n"},
		{"a noisy current", []string{"input.made.driver=wave", "input.made.shape=noise", "neuron.n1.input=made"}, ` no_prediction="the current has noise" `,
			"no prediction: the current has noise", "no prediction: the current has noise\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := sessiontest.On(t, clock.New(), tt.sets...)
				b.Loop.Ticks = 1500
				var out bytes.Buffer
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error)
				go func() { ended <- Log(ctx, b.Session, LogTo{W: &out, Logger: NewLogger(&out, Text), Format: Text}) }()
				if _, err := b.Loop.Run(ctx); err != nil {
					t.Error(err)
				}
				cancel()
				if err := <-ended; err != nil {
					t.Error(err)
				}
				if !strings.Contains(out.String(), tt.log) || strings.Count(out.String(), "predict") != 1 {
					t.Errorf("log: got\n%s\nwant%sand no other prediction", out.String(), tt.log)
				}
				st := b.Session.Status()
				if got := systemd.Line(&st); !strings.Contains(got, "("+tt.text+")") {
					t.Errorf("status: got %s, want (%s)", got, tt.text)
				}
				if got := screenOf(b); !strings.Contains(got, "  "+tt.text) || strings.Count(got, "predict") != 1 {
					t.Errorf("screen: got\n%s\nwant %s", got, tt.text)
				}
				page := web.Of(b.Session, "test").Status().Neurons[0]
				if (page.Predicted != nil) != (page.NoPrediction == "") || page.NoPrediction != "" && "no prediction: "+page.NoPrediction != tt.text {
					t.Errorf("page: got %v, %q, want %s", page.Predicted, page.NoPrediction, tt.text)
				}
				s := b.Session.Summary()
				var text bytes.Buffer
				if err := summary.Text(&text, s, false); err != nil || !strings.Contains(text.String(), tt.summary) || strings.Count(text.String(), "predict") != 1 {
					t.Errorf("summary: got %v and\n%s\nwant %s", err, text.String(), tt.summary)
				}
			})
		})
	}
}
