package wiring

// Kind is a shape of part.
type Kind int

const (
	Chip      Kind = iota // a DIP: pins down the left side and up the right one, notch up
	Module                // a board with a row of pins
	Knob                  // a potentiometer: legs in a row, seen from the shaft and with the legs down from the left
	LED                   // pin 1 is the anode
	Resistor              // pins alike
	Capacitor             // pins alike
	Button                // a push button; pins alike
	Piezo                 // a disc without electronics of its own; pins alike
	Light                 // a light sensor, LDR; pin 2 is at the channel
	Servo                 // its plug: ground, supply, signal
	Board                 // another board, beside the breadboard
)

// kindTexts are the words of a kind: in the table, as the first letters of its refs, and in the list of parts. Refs are as in circuit
// diagrams, but P for a potentiometer and M for a module.
type kindTexts struct{ word, prefix, plural, hint string }

func (k Kind) texts() kindTexts {
	return [...]kindTexts{
		Chip:      {"", "IC", "chips", "seen from above, notch up: pins count down the left side and up the right one"},
		Module:    {"module", "M", "modules", "go by the names printed on them, their order may be another"},
		Knob:      {"potentiometer", "P", "potentiometers", "seen from the shaft, legs down: 1, 2, 3 from the left; turning right gives more"},
		LED:       {"LED", "D", "LEDs", "A: anode, long leg; K: cathode, short leg, flat side of the rim"},
		Resistor:  {"resistor", "R", "resistors", "either way round"},
		Capacitor: {"capacitor", "C", "capacitors", "either way round; none with a plus or a minus on it"},
		Button:    {"button", "S", "buttons", "two legs of each side are joined; a press joins the sides"},
		Piezo:     {"piezo disc", "BZ", "piezo discs", "either way round; not a buzzer with electronics of its own"},
		Light:     {"light sensor", "LDR", "light sensors", "LDR, either way round; more light gives more"},
		Servo:     {"servo", "SV", "servos", "brown: GND, red: V+, orange: signal; V+ of the module has a 5 V supply of its own, with its minus at GND"},
		Board:     {"board", "B", "boards", "beside this one; join the grounds, never the supplies"},
	}[k]
}

// String returns the kind's word in the table.
func (k Kind) String() string { return k.texts().word }

// prefix returns the first letters of the kind's refs.
func (k Kind) prefix() string { return k.texts().prefix }
