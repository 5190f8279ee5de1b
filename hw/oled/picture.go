package oled

import (
	"fmt"
	"image"
	"image/draw"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
	"periph.io/x/devices/v3/ssd1306/image1bit"
)

// The size of the display in points.
const (
	Width  = 128
	Height = 64
)

// Threshold is the highest place of the membrane in a Column.
const Threshold = 255

// State is what a picture shows.
type State struct {
	Columns [Width]Column // from left to right
	Rate    float64       // Hz of model time
}

// Column is what came in the time of one column of points.
type Column struct {
	Drawn     bool  // whether there is anything
	Low, High uint8 // the lowest and the highest place of the membrane, 0 at the bottom, Threshold at threshold
	Spikes    uint16
}

// The rows of the threshold and of the bottom; the rate stands above the threshold.
const (
	top    = 15
	bottom = Height - 1
)

// Picture draws the state. It depends on nothing else.
func (s *State) Picture() *image1bit.VerticalLSB {
	img := image1bit.NewVerticalLSB(image.Rect(0, 0, Width, Height))
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
	label(img, fmt.Sprintf("%.1f Hz", s.Rate))
	return img
}

// row is where a place of the membrane is.
func row(place uint8) int {
	return bottom - (int(place)*(bottom-top)+Threshold/2)/Threshold
}

func vertical(img *image1bit.VerticalLSB, x, from, to int) {
	for y := from; y <= to; y++ {
		img.SetBit(x, y, image1bit.On)
	}
}

// label writes into the upper left corner, over what is there.
func label(img *image1bit.VerticalLSB, text string) {
	face := basicfont.Face7x13
	d := font.Drawer{Dst: img, Src: image.NewUniform(image1bit.On), Face: face, Dot: fixed.P(1, face.Ascent)}
	box := image.Rect(0, 0, 1+d.MeasureString(text).Ceil(), face.Ascent+face.Descent)
	draw.Draw(img, box, image.NewUniform(image1bit.Off), image.Point{}, draw.Src)
	d.DrawString(text)
}
