package terminal

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"hillock/cmd/hillock/internal/readable"
)

// keyHelp describes each key. The last entry describes the pictures.
var keyHelp = [...]struct{ keys, does string }{
	{"← →  ↓ ↑", "turn the virtual Pi's knob by 1 %, by 10 %; home, end: to its ends"},
	{"tab  b", "the next neuron, the next knob; press the virtual Pi's buttons"},
	{"+ -", "a longer or a shorter time base: 5 ms to 20 s of model time"},
	{"space", "pause; then PgUp, PgDn: a screen back and forth; shift ← →: a tenth"},
	{"s", "slow motion: 10 and 100 times slower, the file's speed, real time"},
	{"t", "trigger: hold the latest spike a quarter from the left"},
	{"r", "raster: the spikes of all neurons, over at least a second"},
	{"l", "lanes: V of each neuron, and the spikes of each population"},
	{"g", "synapses: ↑ ↓ choose, tab the next value, ← → change, 0 undo"},
	{"f", "firing rate against current: prediction and measured points"},
	{"h", "histogram of the latest interspike intervals (ISI)"},
	{"c", "clear: the intervals of h, or in f the measured points"},
	{"w", "with --web: the page's address, also as a QR code"},
	{"x  X", "the next, the previous fault of the virtual Pi's wires"},
	{"?", "this help; the same key closes it, like l, g, r, f, h, w; so does esc"},
	{"q", "quit: the pins are then low"},
	{"", ""},
	{"", "Dashed lines: threshold V_T and rest E_L. Below: the current, and the rheobase, from which the neuron fires. " +
		"A point of f is the mean rate while the current was steady."},
}

// helpRows returns the help in rows no wider than width.
func helpRows(width int) (all []string) {
	const indent, most = 11, 90
	width = min(width, most)
	for _, h := range keyHelp {
		switch {
		case h.keys == "":
			all = append(all, readable.Wrap(h.does, width)...)
		case width < 3*indent:
			all = append(all, readable.Wrap(h.keys+": "+h.does, width)...)
		default:
			for i, row := range readable.Wrap(h.does, width-indent) {
				keys := ""
				if i == 0 {
					keys = h.keys
				}
				all = append(all, keys+strings.Repeat(" ", indent-ansi.StringWidth(keys))+row)
			}
		}
	}
	return all
}

// help returns the rows of the help in view, and keeps the place within its ends.
func (s *screen) help(height int) []string {
	all := helpRows(s.width)
	s.scrolls = len(all) > height
	s.top = max(min(s.top, len(all)-height), 0)
	return all[s.top:min(s.top+height, len(all))]
}

// scrollHelp moves the help by a key, and reports whether it is such a key. Help without need to scroll leaves the keys alone.
func (s *screen) scrollHelp(key string) bool {
	if s.picture != "?" || !s.scrolls {
		return false
	}
	by, ok := map[string]int{"up": -1, "down": 1, "pgup": 2 - s.height, "pgdown": s.height - 2, "home": -1000, "end": 1000}[key]
	s.top = max(s.top+by, 0)
	return ok
}
