package terminal

import (
	"fmt"
	"image"
	"strings"

	"hillock/cmd/hillock/internal/braille"
	"hillock/cmd/hillock/internal/parts"
	"hillock/cmd/hillock/internal/readable"
	"hillock/config"
)

// leds returns the LEDs of a neuron, as indexes into the outputs.
func (s *screen) leds(neuron string) (all []int) {
	for i, out := range s.status.Config.Outputs {
		if config.TableOf(out.Neuron) == neuron && parts.IsLED(out) {
			all = append(all, i)
		}
	}
	return all
}

// lights returns the LEDs of a neuron: with names and pins, or in a row if there are many.
func (s *screen) lights(neuron string) (all []string) {
	const few = 3
	leds := s.leds(neuron)
	row := ""
	for _, k := range leds {
		if row += s.dot(k); len(leds) <= few {
			all = append(all, s.led(k))
		}
	}
	if len(leds) > few {
		all = append(all, fmt.Sprintf("%s %s to %s", row, s.status.Outputs[leds[0]].Name, s.status.Outputs[leds[len(leds)-1]].Name))
	}
	return all
}

// oracles returns a line for each LED that shows a neuron's spikes before they come.
func (s *screen) oracles(neuron string) (lines []line) {
	for _, k := range s.leds(neuron) {
		o := s.status.Outputs[k].Oracle
		if o == nil {
			continue
		}
		pieces := append([]string{" " + s.status.Outputs[k].Name + " " + config.FormatTime(o.Ahead) + " ahead"}, o.Counts()...)
		if note := o.Note(); note != "" {
			pieces = append(pieces, note)
		}
		lines = append(lines, line{other, pieces})
	}
	return lines
}

// dot returns an LED, lit or dark.
func (s *screen) dot(i int) string {
	if s.status.Outputs[i].Lit {
		return red.Render("●")
	}
	return dim.Render("○")
}

// led returns an LED, lit or dark, with its name and pin.
func (s *screen) led(i int) string {
	pin, _ := parts.LED(s.status.Config.Outputs[i])
	return s.dot(i) + " " + s.status.Outputs[i].Name + " " + pin
}

// rows returns a line with a neuron's rows of LEDs, and a line for each of its displays.
func (s *screen) rows(neuron string) (lines []line) {
	const most = 16 // LEDs drawn one by one
	var rows []string
	for i, out := range s.status.Config.Outputs {
		lit, leds := s.status.Outputs[i].Row[0], s.status.Outputs[i].Row[1]
		switch picture := s.pictures[out.Name]; {
		case config.TableOf(out.Neuron) != neuron:
		case picture != nil:
			lines = append(lines, text(display, drawDisplay(out.Name, picture)))
		case leds > most:
			rows = append(rows, fmt.Sprintf("%s %s %d of %d", out.Name, readable.Bar(float64(lit)/float64(leds), most), lit, leds))
		case leds > 0:
			rows = append(rows, out.Name+" "+red.Render(strings.Repeat("●", lit))+dim.Render(strings.Repeat("○", leds-lit)))
		}
	}
	if len(rows) > 0 {
		lines = append([]line{{other, rows}}, lines...)
	}
	return lines
}

// displayRows is the height of a display: a dot stands for 2 x 2 points.
const displayRows = 64 / 8

// drawDisplay returns the rows of a display behind its name.
func drawDisplay(name string, picture *image.Gray) string {
	size := picture.Bounds().Size()
	c := braille.New(size.X/4, displayRows)
	for y := range size.Y {
		for x := range size.X {
			if picture.GrayAt(x, y).Y > 0 {
				c.Dot(x/2, y/2, braille.Blue)
			}
		}
	}
	var b strings.Builder
	for row := range c.Rows {
		if row > 0 {
			b.WriteString("\n")
			name = strings.Repeat(" ", len(name))
		}
		b.WriteString(name + " ")
		c.Row(&b, row)
	}
	return b.String()
}

// takePictures takes the pictures of the displays.
func (s *screen) takePictures() {
	s.pictures = map[string]*image.Gray{}
	for _, out := range s.status.Config.Outputs {
		if picture := s.run.Picture(out.Name); picture != nil {
			s.pictures[out.Name] = picture
		}
	}
}
