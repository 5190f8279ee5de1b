package doctor

import (
	"errors"
	"fmt"
	"time"

	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/edge"
	"hillock/hw/line"
	"hillock/hw/pulse"
)

// socket is a pin for jumper wires: that of an output, that of an edge input, or a free one.
type socket struct {
	pin   string
	out   *config.Output // nil for an input or a free pin
	pulse pulse.Opts     // of the output
	input string         // name of the edge input, "" for an output or a free pin
	wants string         // the output at the other end of the input's wire
	pull  gpio.Pull      // while the doctor listens

	up, down gpio.Level // under the pull-up and under the pull-down, before any pulse
	busy     int        // edges before any pulse
	joined   bool       // to another output
	refusal  error      // the pin cannot be used
	restore  func() error
}

// part returns the part on the pin: "input touch", "output red" or "".
func (s *socket) part() string {
	switch {
	case s.out != nil:
		return "output " + s.out.Name
	case s.input != "":
		return "input " + s.input
	}
	return ""
}

// called returns the part on the pin for a sentence.
func (s *socket) called() string {
	if part := s.part(); part != "" {
		return "the pin of " + part
	}
	return "a free pin"
}

// pulledUp reports whether the Raspberry Pi itself pulls the pin up, with 1.8 kOhm at GPIO2 and GPIO3 (reduced schematics).
func (s *socket) pulledUp() bool { return s.pin == "GPIO2" || s.pin == "GPIO3" }

// stuck returns "high" or "low" for a pin that does not follow the pulls, else "".
func (s *socket) stuck() string {
	switch {
	case s.refusal != nil || s.up != s.down:
		return ""
	case s.up == gpio.Low:
		return "low"
	case s.pulledUp():
		return ""
	}
	return "high"
}

// driven reports whether something else drives the pin of an output: it must not be pulsed. An LED at a pin explains one level
// under both pulls, but not the other.
func (s *socket) driven() bool {
	lamp := "low"
	if s.pulse.Invert {
		lamp = "high"
	}
	return s.busy > 0 || s.stuck() != "" && s.stuck() != lamp
}

// sockets returns the pins for jumper wires: those of the outputs, those of the edge inputs, then the free ones.
func (b *Bench) sockets() (all []*socket) {
	for i := range b.Config.Outputs {
		out := &b.Config.Outputs[i]
		if led, ok := out.Part.(board.Blinking); ok {
			s := &socket{out: out, pull: gpio.PullDown}
			if s.pin, s.pulse = led.Pulse(); s.pulse.Invert {
				s.pull = gpio.PullUp // the LED stays dark
			}
			s.restore = b.dark(s)
			all = append(all, s)
		}
	}
	for _, in := range b.Config.Inputs {
		part, ok := in.Part.(board.Jumpered)
		if !ok {
			continue
		}
		opts := part.Edges()
		s := &socket{pin: opts.Pin, input: in.Name, wants: part.From(), pull: gpio.PullDown}
		if opts.Pull == gpio.Float { // resistors hold it
			s.pull = gpio.Float
		}
		was, err := b.Take(s.pin)
		if err != nil {
			was, err = b.TakeLine(s.pin)
		}
		if s.refusal = err; err == nil {
			s.restore = was.Restore
		}
		all = append(all, s)
	}
	for _, free := range b.Unused() {
		all = append(all, &socket{pin: free.Name(), pull: gpio.PullDown, restore: free.Restore})
	}
	for _, s := range all {
		if by := b.Held[s.pin]; by != "" {
			s.refusal = fmt.Errorf("%q holds %s", by, s.pin)
		}
	}
	return all
}

// dark returns a function that leaves an output at rest, with its present pull. An output stays an input if it would drive
// against something else.
func (b *Bench) dark(s *socket) func() error {
	was := gpio.PullNoChange
	if p, ok := b.Pi.DirectPin(s.pin); ok {
		was = p.Pull()
	}
	return func() error {
		p, err := b.Pi.OpenPin(s.pin)
		if err != nil {
			return err
		}
		if was != gpio.PullNoChange {
			if err := p.In(was, gpio.NoEdge); err != nil {
				return err
			}
		}
		if s.driven() || s.joined {
			if c, ok := p.(interface{ Close() }); ok {
				c.Close()
			}
			return nil
		}
		l, err := line.New("output "+s.out.Name, p, s.pulse.Invert)
		return errors.Join(err, l.Halt())
	}
}

// leave restores the pins.
func (b *Bench) leave(all []*socket) (err error) {
	b.against = map[string]bool{}
	for _, s := range all {
		if s.out != nil && (s.driven() || s.joined) {
			b.against[s.out.Name] = true
		}
		if s.restore != nil && s.refusal == nil {
			err = errors.Join(err, s.restore())
		}
	}
	return err
}

// quietTime is the time to watch the pins before any pulse. A running neuron on another board fires in it.
const quietTime = 250 * time.Millisecond

// usable returns the pins that can be requested.
func (b *Bench) usable(all []*socket) (usable []*socket) {
	for _, s := range all {
		if s.refusal == nil {
			s.refusal = b.request(s.pin)
		}
		if s.refusal == nil {
			usable = append(usable, s)
		}
	}
	return usable
}

// rest reads all pins under both pulls, and counts edges before any pulse. No pin is an output meanwhile.
func (b *Bench) rest(all []*socket) error {
	if err := b.underPulls(all); err != nil {
		return err
	}
	ear, err := b.listen(all)
	if err != nil {
		return err
	}
	defer ear.Close()
	if err := b.pause(quietTime); err != nil {
		return err
	}
	edges, err := ear.take()
	for _, e := range edges {
		all[e.Line].busy++
	}
	return err
}

// request requests a pin as an input, and releases it.
func (b *Bench) request(pin string) error {
	l, err := b.kernelLine(pin)
	if err == nil {
		l.close()
	}
	return err
}

// underPulls reads pins under the pull-up, then under the pull-down. Pins on one wire get the same pull at the same time.
func (b *Bench) underPulls(all []*socket) error {
	var lines []*Pullable
	defer func() {
		for _, l := range lines {
			l.close()
		}
	}()
	for _, s := range all {
		l, err := b.kernelLine(s.pin)
		if err != nil {
			return err
		}
		lines = append(lines, l)
	}
	read := func(pull gpio.Pull, to func(*socket) *gpio.Level) error {
		for _, l := range lines {
			if err := l.In(pull, gpio.NoEdge); err != nil {
				return err
			}
		}
		time.Sleep(Settle)
		for i, l := range lines {
			*to(all[i]) = l.Read()
		}
		return nil
	}
	if err := read(gpio.PullUp, func(s *socket) *gpio.Level { return &s.up }); err != nil {
		return err
	}
	return read(gpio.PullDown, func(s *socket) *gpio.Level { return &s.down })
}

// ear is a request for the edges of pins.
type ear struct {
	edge.Port
	buf [256]edge.Edge
}

// listen requests pins as inputs, and drops the edges of the request itself.
func (b *Bench) listen(pins []*socket) (*ear, error) {
	var lines []edge.Line
	for _, s := range pins {
		lines = append(lines, edge.Line{Pin: s.pin, Rising: true, Falling: true, Pull: s.pull})
	}
	if len(lines) == 0 {
		return &ear{Port: deaf{time.Now()}}, nil
	}
	port, err := b.Pi.OpenEdges(lines)
	if err != nil {
		return nil, err
	}
	e := &ear{Port: port}
	err = b.pause(2 * Settle)
	if err == nil {
		_, err = e.take()
	}
	if err != nil {
		return nil, errors.Join(err, port.Close())
	}
	return e, nil
}

// take returns the edges since the latest take.
func (e *ear) take() (all []edge.Edge, err error) {
	for {
		n, err := e.Read(e.buf[:])
		all = append(all, e.buf[:n]...)
		if err != nil || n < len(e.buf) {
			return all, err
		}
	}
}

// deaf is a request without pins.
type deaf struct{ start time.Time }

func (deaf) Read([]edge.Edge) (int, error) { return 0, nil }
func (d deaf) Now() time.Duration          { return time.Since(d.start) }
func (deaf) Close() error                  { return nil }
