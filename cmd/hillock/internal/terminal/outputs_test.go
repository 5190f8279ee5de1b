package terminal

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/hw/clock"
)

// shows adds a row of LEDs, a strip and a display to the built-in configuration.
var shows = []string{"loop.speed=0.25",
	`output.row.driver="bar"`, `output.row.pins=["GPIO5", "GPIO6", "GPIO13", "GPIO26"]`, `output.row.neuron="n1"`,
	`output.strip.driver="apa102"`, `output.strip.data="GPIO23"`, `output.strip.clock="GPIO24"`, `output.strip.neuron="n1"`, `output.small.driver="oled"`, `output.small.neuron="n1"`}

func TestRowsAndDisplaysAreShown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // rows and displays are painted in goroutines
		b := sessiontest.On(t, clock.New(), shows...)
		s := newScreen(b.Session, nil, nil)
		b.Run(t, 2000)
		synctest.Wait()
		text := frameOf(s, 80, 24)
		for _, want := range []string{"row [●○]{4}", "strip [●○]{8}"} {
			if !regexp.MustCompile(want).MatchString(text) {
				t.Errorf("80x24: got\n%s\nwant %q", text, want)
			}
		}
		if strings.Contains(text, "small") {
			t.Errorf("80x24: got\n%s\nwant no room for the display", text)
		}
		all := rows(s, 120, 44)
		first := slices.IndexFunc(all, func(row string) bool { return strings.HasPrefix(row, "small") })
		if first < 0 {
			t.Fatalf("120x44: got\n%s\nwant the display", strings.Join(all, "\n"))
		}
		dots := 0
		for _, r := range strings.Join(all[first:first+displayRows], "") {
			if r > 0x2800 && r <= 0x28ff {
				dots++
			}
		}
		if dots < 20 {
			t.Errorf("120x44: got %d cells with dots on the display, want its trace:\n%s", dots, strings.Join(all[first:first+displayRows], "\n"))
		}
	})
}
