package breadboard

import "hillock/hw/wiring"

func rgb(name string, hex uint32) tone {
	return tone{name, wiring.Color{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex)}}
}

// The tones of the drawing: light parts on white paper.
var (
	none tone

	paper   = rgb("paper", 0xffffff)
	ink     = rgb("ink", 0x1a1a1a)
	quiet   = rgb("quiet", 0x707070)
	glow    = rgb("glow", 0xffc400) // of the newest step
	plastic = rgb("board", 0xf6f3ec)
	edge    = rgb("edge", 0xb9b3a5)
	groove  = rgb("groove", 0xe3ded2)
	opening = rgb("hole", 0x8f8a80)
	plus    = rgb("plus", 0xd01010)
	minus   = rgb("minus", 0x1565c0)
	green   = rgb("pi", 0xd9ecdf)
	fiber   = rgb("pi-edge", 0x4c8a63)
	socket  = rgb("socket", 0xc4c9ce)
	pinBase = rgb("header", 0x2b2b2b)
	pad     = rgb("pad", 0xf2f2f2)
	metal   = rgb("metal", 0x8d9399)
	epoxy   = rgb("chip", 0x2f3337)
	onEpoxy = rgb("on-chip", 0xffffff)
	case_   = rgb("knob", 0x3d6fa8)
	shaft   = rgb("shaft", 0xe8ecf0)
	clay    = rgb("resistor", 0xe6d2a8)
	ceramic = rgb("capacitor", 0xe09a3e)
	module  = rgb("module", 0x20508c)
	screen  = rgb("screen", 0x10161c)
	trace   = rgb("trace", 0x7fd4ff)
	brass   = rgb("piezo", 0xd9b75a)
	light   = rgb("light", 0xf2d58a)
)

// tones returns all tones with a name.
func tones() []tone {
	return []tone{paper, ink, quiet, glow, plastic, edge, groove, opening, plus, minus, green, fiber, socket, pinBase, pad, metal, epoxy,
		onEpoxy, case_, shaft, clay, ceramic, module, screen, trace, brass, light}
}

// wireTone returns the tone of a wire: a page may lighten a black one.
func wireTone(c wiring.Color) tone {
	if c.Name == "black" {
		return tone{"wire-black", c}
	}
	return tone{"", c}
}
