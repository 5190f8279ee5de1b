package fi

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"hillock/neuron"
)

// The program drew these pictures; they were checked by eye.
func TestFIChart(t *testing.T) {
	for _, c := range []struct {
		name          string
		p             neuron.LIF
		from, to      float64
		points        int
		width, height int
		want          string
	}{
		{"default", neuron.Default(), 0, 5, 11, 60, 17, `
n1: firing rate against input current
firing rate (Hz)
    │                ┆                                 ⣀⣠●
250 ┤                ┆                            ⢀⣠●⠖⠋⠁
    │                ┆                        ⣀●⠖⠚⠉
200 ┤                ┆                   ●⣠⠴⠚⠉⠁
150 ┤                ┆               ⣀⡤⠖⠋⠉
    │                ┆          ⢀⣠⠴⠚●
100 ┤                ┆      ⣀⡤⠖●⠁
    │                ┆  ⣀⡤●⠋⠁
 50 ┤                ⣠⠔⠋⠁
  0 ┤●⣀⣀⣀⣀●⣀⣀⣀⣀●⣀⣀⣀⣀⣀●
    └┬─────────┬──────────┬─────────┬──────────┬─────────┬
     0         1          2         3          4         5
                                        input current (nA)
  ● simulated, 2 s a point   ⠤⠒⠉ continuous equation
  ┆ rheobase 1.5 nA
`},
		{"pacemaker, in the least room", neurons()["pacemaker"], 0, 2, 5, 1, 1, `
n1: firing rate against input current
firing rate (Hz)
200 ┤                         ⣀⣀⣠⠤⠤⠴⠒●
    │              ⣀⣀●⠤⠤⠴⠒⠒⠋⠉●⠁
    │   ⢀⣀⣀⡤⠤●⠒⠒⠋⠉⠉⠁
    │●⠉⠉⠁
  0 ┤
    └┬───────────────────────────────┬
     0                               2
                    input current (nA)
  ● simulated, 2 s a point
  ⠤⠒⠉ continuous equation
  ┆ rheobase -0.5 nA (outside)
`},
		{"a spike at each step", neurons()["coarse"], 10, 20, 5, 40, 13, `
n1: firing rate against input current
firing rate (Hz)
    │●       ●       ●       ●       ●
200 ┤
    │
    │
  0 ┤
    └┬───────────────┬───────────────┬
    10              15              20
                    input current (nA)
  ● simulated, 2 s a point
  ⠤⠒⠉ continuous equation (above)
  ┆ rheobase 1.5 nA (outside)
`},
		{"silent", neuron.Default(), -1, 1, 5, 40, 13, `
n1: firing rate against input current
firing rate (Hz)
1.0 ┤
    │
0.5 ┤
    │
0.0 ┤●⣀⣀⣀⣀⣀⣀⣀●⣀⣀⣀⣀⣀⣀⣀●⣀⣀⣀⣀⣀⣀⣀●⣀⣀⣀⣀⣀⣀⣀●
    └┬───────────────┬───────────────┬
    -1               0               1
                    input current (nA)
  ● simulated, 2 s a point
  ⠤⠒⠉ continuous equation
  ┆ rheobase 1.5 nA (outside)
`},
	} {
		got := ansi.Strip(measured(t, c.p, c.from, c.to, c.points, 2*time.Second).Chart().Text(c.width, c.height))
		if diff := cmp.Diff(strings.TrimPrefix(c.want, "\n"), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestFIChartFitsItsTerminal(t *testing.T) {
	for name, p := range neurons() {
		for _, to := range []float64{5, 1e-3, neuron.MaxCurrent} {
			curve := measured(t, p, -to, to, 9, 20*time.Millisecond)
			for _, size := range [][2]int{{40, 13}, {41, 14}, {80, 22}, {120, 36}, {500, 200}} {
				text := ansi.Strip(curve.Chart().Text(size[0], size[1]))
				lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
				if len(lines) > size[1] {
					t.Errorf("%s to %g nA: got %d lines, want at most %d", name, to, len(lines), size[1])
				}
				for _, line := range lines {
					if n := utf8.RuneCountInString(line); n > size[0] {
						t.Errorf("%s to %g nA: got a line of %d characters, want at most %d: %q", name, to, n, size[0], line)
					}
				}
			}
		}
	}
}

func TestFIChartColours(t *testing.T) {
	text := measured(t, neuron.Default(), 0, 5, 11, 100*time.Millisecond).Chart().Text(60, 17)
	for _, sgr := range []string{"\x1b[38;2;86;180;233m", "\x1b[38;2;230;159;0m●\x1b[m", "\x1b[38;2;153;153;153m┆\x1b[m"} {
		if !strings.Contains(text, sgr) {
			t.Errorf("got no %q in the coloured chart", sgr)
		}
	}
}
