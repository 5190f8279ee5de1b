package wiring

// Color is the colour of a jumper wire. The zero Color is no wire: two legs share a row of the breadboard.
type Color struct {
	Name    string
	R, G, B uint8
}

var (
	red   = Color{"red", 0xD0, 0x10, 0x10}
	black = Color{"black", 0, 0, 0}
	pink  = Color{"pink", 0xFF, 0x2D, 0x9B} // for 5V alone, unlike every other wire
)

// palette returns the colours of signals: those of Okabe and Ito, Color Universal Design, 2008, without red and black. The light
// ones are darkened for white paper; brown is for large kits. None is grey: grey pins on the drawing stay free.
func palette() []Color {
	return []Color{
		{"orange", 0xE6, 0x9F, 0x00},
		{"green", 0x00, 0x9E, 0x73},
		{"blue", 0x00, 0x72, 0xB2},
		{"violet", 0xCC, 0x79, 0xA7},
		{"yellow", 0xDD, 0xCC, 0x20},
		{"light blue", 0x56, 0xB4, 0xE9},
		{"brown", 0x80, 0x50, 0x20},
	}
}
