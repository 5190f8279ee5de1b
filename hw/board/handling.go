package board

import "hillock/config"

// Handling is the words for a person at an input: how to bring it to its two ends, and what to do if that fails.
type Handling struct {
	Low, High string // requests for positions 0 and 1: "turn knob all the way down"
	Both      string // request for one after the other: "turn knob slowly all the way down and all the way up"
	Reversed  string // remedy for a code that falls from Low to High: "swap its outer legs"
	Near      string // remedy for ends near each other: "turn the knob all the way"
	Zero      string // cause of a reading of 0: "the knob is at its end"
	Raise     string // remedy for that: "turn the knob up"
}

// Handled is the part of an input with another handling than that of a knob.
type Handled interface {
	Handling(input string) Handling
}

// HandlingOf returns the words for an input, by default those of a knob.
func HandlingOf(in config.Input) Handling {
	if h, ok := in.Part.(Handled); ok {
		return h.Handling(in.Name)
	}
	return Handling{
		Low:      "turn " + in.Name + " all the way down",
		High:     "turn " + in.Name + " all the way up",
		Both:     "turn " + in.Name + " slowly all the way down and all the way up",
		Reversed: "the code falls while the knob turns up: swap its outer legs, or the two values of current",
		Near:     "turn the knob all the way, or check its outer legs, 3V3 and GND",
		Zero:     "the knob is at its end",
		Raise:    "turn the knob up",
	}
}
