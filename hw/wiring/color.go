package wiring

// Color is that of a wire, as jumper wires are sold. The zero Color is none: two legs share a row of the breadboard.
type Color struct {
	Name    string
	R, G, B uint8
}

var (
	red   = Color{"red", 0xD0, 0x10, 0x10}
	black = Color{"black", 0, 0, 0}
	pink  = Color{"pink", 0xFF, 0x2D, 0x9B} // 5V's alone: no other wire is taken for it
)

// palette are the colours of signals: those of Okabe and Ito, Color Universal Design, 2008, that are neither red nor black,
// darkened where white paper would swallow them, with brown and grey for large kits.
func palette() []Color {
	return []Color{
		{"orange", 0xE6, 0x9F, 0x00},
		{"green", 0x00, 0x9E, 0x73},
		{"blue", 0x00, 0x72, 0xB2},
		{"violet", 0xCC, 0x79, 0xA7},
		{"yellow", 0xDD, 0xCC, 0x20},
		{"light blue", 0x56, 0xB4, 0xE9},
		{"brown", 0x80, 0x50, 0x20},
		{"grey", 0x88, 0x88, 0x88},
	}
}
