package oled

import (
	"image"
	"strconv"

	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
	"periph.io/x/devices/v3/ssd1306/image1bit"
)

// Size of the display in pixels.
const (
	Width  = 128
	Height = 64
)

// Threshold is the highest level of the membrane in a Column.
const Threshold = 255

// State is the content of a picture.
type State struct {
	Columns [Width]Column // from left to right
	Rate    float64       // Hz of model time
}

// Column is one column of pixels.
type Column struct {
	Drawn     bool  // false: empty
	Low, High uint8 // lowest and highest level of the membrane, from 0 (bottom) to Threshold
	Spikes    uint16
}

// Rows of the threshold and the bottom. The rate is above the threshold.
const (
	top    = 15
	bottom = Height - 1
)

// Draw draws the state over the whole picture. The picture depends on the state alone.
func (s *State) Draw(img *image1bit.VerticalLSB) {
	clear(img.Pix)
	for x, c := range s.Columns {
		if x%6 < 3 {
			img.SetBit(x, top, image1bit.On)
		}
		switch {
		case c.Spikes > 0:
			vertical(img, x, 0, bottom)
		case c.Drawn:
			vertical(img, x, row(c.High), row(c.Low))
		}
	}
	label(img, append(strconv.AppendFloat(make([]byte, 0, 32), s.Rate, 'f', 1, 64), " Hz"...))
}

// row returns the row of a level.
func row(level uint8) int {
	return bottom - (int(level)*(bottom-top)+Threshold/2)/Threshold
}

func vertical(img *image1bit.VerticalLSB, x, from, to int) {
	for y := from; y <= to; y++ {
		img.SetBit(x, y, image1bit.On)
	}
}

// label writes ASCII into the upper left corner and clears its background. It sets the pixels itself, because
// font.Drawer allocates for each letter.
func label(img *image1bit.VerticalLSB, text []byte) {
	face := basicfont.Face7x13
	for x := range 1 + face.Advance*len(text) {
		for y := range face.Height {
			img.SetBit(x, y, image1bit.Off)
		}
	}
	letters := face.Mask.(*image.Alpha)
	for i, c := range text {
		to, _, from, _, _ := face.Glyph(fixed.P(1+i*face.Advance, face.Ascent), rune(c))
		for y := range to.Dy() {
			for x := range to.Dx() {
				if letters.AlphaAt(from.X+x, from.Y+y).A != 0 {
					img.SetBit(to.Min.X+x, to.Min.Y+y, image1bit.On)
				}
			}
		}
	}
}
