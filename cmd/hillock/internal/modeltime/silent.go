package modeltime

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"hillock/config"
)

// Warn writes a warning for inputs whose spikes come from pins, and one for those from other boards: model time has neither.
func (r *Run) Warn(w io.Writer) {
	var pins, remote, boards []string
	for _, in := range r.Config.Inputs {
		switch part := in.Part.(type) {
		case config.TrainInput:
		case config.Remote:
			remote = append(remote, in.Name)
			if !slices.Contains(boards, part.Board) {
				boards = append(boards, part.Board)
			}
		case config.SpikeInput:
			pins = append(pins, in.Name)
		}
	}
	silent(w, pins, "from "+several(len(pins), "a pin", "pins"))
	silent(w, remote, "from "+several(len(boards), "the board ", "the boards ")+strings.Join(boards, ", "))
}

// silent writes a warning for silent inputs. Without any it writes nothing.
func silent(w io.Writer, inputs []string, from string) {
	if n := len(inputs); n > 0 {
		fmt.Fprintf(w, "hillock: warning: %s %s %s, %s spikes come %s: use driver = \"train\", or --replay with a file of 'hillock run --record'\n",
			several(n, "input", "inputs"), strings.Join(inputs, ", "), several(n, "is silent", "are silent"), several(n, "its", "their"), from)
	}
}

// several returns one of two words for a number.
func several(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}
