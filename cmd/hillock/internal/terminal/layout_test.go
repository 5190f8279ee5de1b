package terminal

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"hillock/cmd/hillock/internal/braille"
	"hillock/cmd/hillock/internal/fault"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/config"
	"hillock/hw/doctor"
	"hillock/neuron"
)

// rows returns the rows of a frame without the blanks at their ends.
func rows(s *screen, width, height int) (all []string) {
	for l := range strings.Lines(frameOf(s, width, height)) {
		all = append(all, strings.TrimRight(l, " \n"))
	}
	return all
}

// flat returns a frame as one line.
func flat(s *screen, width, height int) string {
	return strings.Join(strings.Fields(frameOf(s, width, height)), " ")
}

// plotted counts the rows of the plot in a frame.
func plotted(all []string) (n int) {
	for _, row := range all {
		if strings.ContainsAny(row, "│┤") {
			n++
		}
	}
	return n
}

func TestRemedyComesBeforeThePlot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		says := func(_ context.Context, _ fault.Fault, _ *config.Config, each func(doctor.Finding)) error {
			each(doctor.Finding{Check: "SPI0.0", Result: doctor.Failed, Seen: "MISO is not driven: it follows the pull-up and the pull-down",
				Means: "a wire between the Pi and the chip is loose or in the wrong hole, or the chip has no supply",
				Do: "check CE0 (GPIO8, header pin 24) at CS, chip pin 10; SCLK (GPIO11, header pin 23) at CLK, chip pin 13; " +
					"3V3 (header pin 1) at VDD, chip pin 16, and GND (header pin 6) at DGND, chip pin 9"})
			return nil
		}
		b := sessiontest.With(t, new(neuron.VirtualClock), session.Options{Traced: true, Doctor: says})
		s := newScreen(b.Session, nil, nil)
		b.Run(t, 1000)
		s.typed("x")
		b.Run(t, 1000)
		synctest.Wait()
		const do = "do: check CE0 (GPIO8, header pin 24) at CS, chip pin 10; SCLK (GPIO11, header pin 23) at CLK, chip pin 13; " +
			"3V3 (header pin 1) at VDD, chip pin 16, and GND (header pin 6) at DGND, chip pin 9"
		for _, tt := range []struct {
			width, height, plot int
			all                 bool // with the finding
		}{
			{200, 60, 40, true}, {100, 30, 11, true}, {80, 24, 7, true}, {60, 16, 0, true}, {40, 12, 3, false}, {30, 8, 0, false},
		} {
			text := flat(s, tt.width, tt.height)
			if !strings.Contains(text, do) && tt.height > 8 || !strings.Contains(text, "do: check CE0") {
				t.Errorf("%dx%d: got\n%s\nwant the remedy", tt.width, tt.height, frameOf(s, tt.width, tt.height))
			}
			if saw := strings.Contains(text, "SPI0.0: MISO is not driven"); tt.all && !saw {
				t.Errorf("%dx%d: got\n%s\nwant what the doctor saw", tt.width, tt.height, frameOf(s, tt.width, tt.height))
			}
			all := rows(s, tt.width, tt.height)
			if last := all[len(all)-1]; !strings.HasSuffix(last, "x fault: MISO open") {
				t.Errorf("%dx%d: got the last row %q, want the fault's name in it", tt.width, tt.height, last)
			}
			state := regexp.MustCompile(`^n1 V +-?[0-9.]+ mV  I [0-9.]+ nA  `).MatchString
			if tt.height > 8 && !slices.ContainsFunc(all, state) {
				t.Errorf("%dx%d: got\n%s\nwant V, I and more in one row", tt.width, tt.height, strings.Join(all, "\n"))
			}
			if n := plotted(all); n < tt.plot {
				t.Errorf("%dx%d: got %d rows of the plot, want at least %d", tt.width, tt.height, n, tt.plot)
			}
		}
	})
}

func TestNameOfTheFaultFitsTheLastRow(t *testing.T) {
	t.Parallel()
	b, s := scopeBench(t)
	b.Run(t, 500)
	for range fault.Of(b.Config)[1:] {
		s.typed("x")
		b.Run(t, 10)
		name := b.Session.Status().Fault
		for _, size := range [][2]int{{80, 24}, {40, 12}} {
			for _, picture := range []string{"", "f", "h", "?"} {
				s.picture = picture
				all := rows(s, size[0], size[1])
				if last := all[len(all)-1]; !strings.Contains(last, "x fault: "+name) {
					t.Errorf("%v, %q, %s: got the last row %q, want the fault's name in it", size, picture, name, last)
				}
			}
		}
	}
}

func TestSmallTerminalShowsTraceAndKeys(t *testing.T) {
	t.Parallel()
	b, s := scopeBench(t)
	b.Run(t, 1000)
	s.page = &Page{URLs: []string{"http://192.168.178.123:8080", "http://[fd00::1234:5678:9abc:def0]:8080"}, Token: "KNOBANDLED"}
	for _, size := range [][2]int{{30, 8}, {40, 12}, {60, 16}, {80, 24}} {
		all := rows(s, size[0], size[1])
		if n := plotted(all); n < 3 {
			t.Errorf("%v: got %d rows of the plot, want at least 3:\n%s", size, n, strings.Join(all, "\n"))
		}
		if last := all[len(all)-1]; len(all) != size[1] || !strings.HasPrefix(last, "? help  q quit") {
			t.Errorf("%v: got %d rows, the last %q; want the keys at the bottom", size, len(all), last)
		}
	}
	golden(t, "frame-30x8", s, 30, 8)
	golden(t, "frame-40x12", s, 40, 12)
}

func TestHelpShowsEveryKey(t *testing.T) {
	t.Parallel()
	b, s := scopeBench(t)
	b.Run(t, 500)
	s.typed("?")
	seen := func(width, height int) (all []string) {
		rows(s, width, height)
		s.typed("home")
		for range 60 {
			for _, row := range rows(s, width, height) {
				if !slices.Contains(all, row) {
					all = append(all, row)
				}
			}
			s.typed("down")
		}
		return all
	}
	for _, size := range [][2]int{{40, 12}, {30, 8}, {80, 24}} {
		text := strings.Join(strings.Fields(strings.Join(seen(size[0], size[1]), " ")), " ")
		for _, want := range []string{"turn the virtual Pi's knob", "tab", "PgUp", "slow motion", "raster", "histogram", "X", "QR code", "quit", "rheobase"} {
			if !strings.Contains(text, want) {
				t.Errorf("%v: got\n%s\nwant %q in the help", size, text, want)
			}
		}
		if at := b.Virtual.Knobs["knob"].Position(); at != 0.4 && size[1] < 24 {
			t.Errorf("%v: got the knob at %g after scrolling, want it at 0.4", size, at)
		}
	}
}

func TestHeadFitsARowAtEverySpeed(t *testing.T) {
	t.Parallel()
	for _, speed := range []string{"1", "0.1", "0.01", "20"} {
		b, s := scopeBench(t, "loop.speed="+speed)
		b.Run(t, 300)
		s.run = elsewhere{b.Session, ""}
		s.View()
		all := rows(s, 80, 24)
		if !strings.HasPrefix(all[0], "hillock on the virtual Pi") || !strings.HasSuffix(all[0], "real time") {
			t.Errorf("speed %s: got the first row %q, want it to end with the speed", speed, all[0])
		}
		if want := "hillock on the virtual Pi (no Raspberry Pi here): built-in, "; !strings.HasPrefix(rows(s, 100, 30)[0], want) {
			t.Errorf("speed %s: got the first row %q at 100 columns, want %q", speed, rows(s, 100, 30)[0], want)
		}
	}
}

func TestHeadOfALongFileFitsARow(t *testing.T) {
	t.Parallel()
	b, s := scopeBench(t, "loop.speed=0.1")
	b.Run(t, 300)
	s.run = elsewhere{b.Session, "deploy/examples/two-neurons.toml"}
	s.View()
	if got, want := rows(s, 80, 24)[0], "hillock on the virtual Pi: two-neurons.toml, 10 times slower than real time"; got != want {
		t.Errorf("got the first row %q, want %q", got, want)
	}
}

// elsewhere is a run on a machine other than a Pi.
type elsewhere struct {
	*session.Session
	file string
}

func (e elsewhere) Status() session.Status {
	st := e.Session.Status()
	st.Where = "the virtual Pi (no Raspberry Pi here)"
	if e.file != "" {
		cfg := *st.Config
		cfg.File = e.file
		st.Config = &cfg
	}
	return st
}

func TestAxisStandsStillInPause(t *testing.T) {
	t.Parallel()
	b, s := scopeBench(t)
	b.Run(t, 2000)
	axis := func() string {
		all := rows(s, 80, 24)
		return all[slices.IndexFunc(all, func(row string) bool { return strings.Contains(row, "a screen") })]
	}
	s.typed("space")
	first := axis()
	b.Run(t, 1000)
	if now := axis(); now != first || !strings.HasSuffix(now, " now") {
		t.Errorf("got the axis\n%s\nafter another second, want\n%s", now, first)
	}
	s.typed("pgup")
	if back := axis(); !strings.Contains(back, "└-400 ms") || !strings.HasSuffix(back, " -200 ms") {
		t.Errorf("got the axis\n%s\na screen back, want it from -400 ms to -200 ms", back)
	}
}

func TestKeyWSaysHowToGetThePage(t *testing.T) {
	t.Parallel()
	b, s := scopeBench(t)
	b.Run(t, 500)
	s.typed("w")
	if text, want := flat(s, 80, 24), "w needs the page: quit and run 'hillock run --web'"; !strings.Contains(text, want) {
		t.Errorf("got\n%s\nwant %s", text, want)
	}
}

func TestKeyXStepsThroughTheFaults(t *testing.T) {
	t.Parallel()
	b, s := scopeBench(t)
	var got []string
	for _, key := range strings.Fields("x x X X X x") {
		s.typed(key)
		got = append(got, b.Session.Status().Fault)
	}
	want := []string{"MISO open", "MISO shorted to ground", "MISO open", "none", "LED loose", "none"}
	if !slices.Equal(got, want) {
		t.Errorf("got the faults %q, want %q", got, want)
	}
}

func TestTerminalWithoutUTF8GetsASCII(t *testing.T) {
	t.Parallel()
	b, s := scopeBench(t)
	s.glyphs = braille.Glyphs(func(name string) string { return map[string]string{"LC_ALL": "C"}[name] })
	b.Run(t, 1000)
	golden(t, "frame-ascii", s, 80, 24)
	s.page = &Page{URLs: []string{"http://192.168.178.123:8080"}, Token: "KNOBANDLED"}
	for _, picture := range []string{"", "r", "f", "h", "w", "?"} {
		s.picture = picture
		if text := frameOf(s, 80, 24); strings.ContainsFunc(text, func(r rune) bool { return r > 0x7e }) {
			t.Errorf("%q: got\n%s\nwant ASCII", picture, text)
		}
	}
	s.picture = "w"
	if text, want := flat(s, 80, 24), "The QR code needs a terminal with UTF-8."; !strings.Contains(text, want) {
		t.Errorf("got\n%s\nwant %s", text, want)
	}
}

func TestKeyCClearsIntervalsAndPoints(t *testing.T) {
	t.Parallel()
	b, s := scopeBench(t)
	b.Run(t, 2000)
	s.typed("h")
	if text := flat(s, 80, 24); !strings.Contains(text, "the last ") {
		t.Fatalf("got\n%s\nwant intervals", text)
	}
	s.typed("c")
	if text := flat(s, 80, 24); !strings.Contains(text, "no interval yet") || !strings.Contains(text, "interspike intervals cleared") {
		t.Errorf("got\n%s\nwant no interval after c", text)
	}
	b.Run(t, 1000)
	if text := flat(s, 80, 24); !strings.Contains(text, "the last 71: ") {
		t.Errorf("got\n%s\nwant the intervals of the last second", text)
	}
	s.typed("f")
	s.look(func() {})
	if n := len(s.seen[0].Rates.Points()); n != 1 {
		t.Fatalf("got %d measured points, want 1", n)
	}
	s.typed("c")
	s.look(func() {})
	if n := len(s.seen[0].Rates.Points()); n != 0 {
		t.Errorf("got %d measured points after c, want none", n)
	}
}
