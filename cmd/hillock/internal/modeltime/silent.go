package modeltime

import (
	"fmt"
	"io"
	"strings"

	"hillock/config"
)

// Warn writes a warning for inputs whose spikes come from pins: model time has none.
func (r *Run) Warn(w io.Writer) {
	var silent []string
	for _, in := range r.Config.Inputs {
		_, spikes := in.Part.(config.SpikeInput)
		if _, played := in.Part.(config.TrainInput); spikes && !played {
			silent = append(silent, in.Name)
		}
	}
	subject := "input %s is silent, its spikes come from a pin"
	if len(silent) > 1 {
		subject = "inputs %s are silent, their spikes come from pins"
	}
	if len(silent) > 0 {
		fmt.Fprintf(w, "hillock: warning: "+subject+": use driver = \"train\", or --replay with a file of 'hillock run --record'\n", strings.Join(silent, ", "))
	}
}
