package fault

import (
	"slices"
	"strings"

	"hillock/config"
	"hillock/hw/board"
)

// allJumpers stands for the wires of all spike inputs from outputs of the same file.
const allJumpers = "*"

// hasJumper reports whether an input has a jumper wire from an output of the same file.
func hasJumper(in config.Input) bool {
	part, ok := in.Part.(board.Jumpered)
	return ok && part.From() != "" && !strings.Contains(part.From(), "/")
}

// lacksJumper is Lacks for the fault of a jumper wire.
func (f Fault) lacksJumper(cfg *config.Config) string {
	has := func(in config.Input) bool { return hasJumper(in) && (f.jumper == allJumpers || f.jumper == in.Name) }
	switch {
	case slices.ContainsFunc(cfg.Inputs, has):
		return ""
	case f.jumper == allJumpers:
		return "a jumper wire between two of its pins"
	}
	return "a jumper wire to input " + f.jumper
}

// moved returns the pins of the jumper wires with a fault, by their inputs; "" is a loose wire.
func (f Fault) moved(v *board.Virtual) map[string]string {
	pins := map[string]string{}
	for _, one := range f.each() {
		for input := range v.Jumpers {
			if one.jumper == input || one.jumper == allJumpers {
				pins[input] = string(one.hole)
			}
		}
	}
	return pins
}
