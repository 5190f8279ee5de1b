package bar

import (
	"errors"
	"fmt"

	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"hillock/hw/line"
)

// Wires returns a port on two lines, not inverted, for a strip without a bus: a Blinkt! has its data on GPIO23 and its
// clock on GPIO24. The port only sends, in modes 0 and 3, at the speed of the lines. A bit takes two or three system
// calls, a picture of 8 LEDs some 700. Close turns both lines low and releases them; they belong to the port.
//
// periph's bitbang.SPI does not fit: it sends the lowest bit of each byte first.
func Wires(clock, data *line.Line) spi.PortCloser { return &wires{clock: clock, data: data} }

type wires struct {
	clock, data *line.Line
	idle        bool
}

func (w *wires) String() string { return fmt.Sprintf("wires{%s, %s}", w.clock, w.data) }

// Connect implements spi.Port. It ignores a pin that refuses: the next transfer asks for the pin again.
func (w *wires) Connect(_ physic.Frequency, mode spi.Mode, bits int) (spi.Conn, error) {
	if mode != spi.Mode0 && mode != spi.Mode3 || bits != 8 {
		return nil, fmt.Errorf("%s: connect in mode 0 or 3 with 8 bits, got %s with %d bits", w, mode, bits)
	}
	w.idle = mode == spi.Mode3
	return w, nil
}

// LimitSpeed implements spi.PortCloser. It does nothing: the lines are slower than any strip.
func (w *wires) LimitSpeed(physic.Frequency) error { return nil }

// Close implements io.Closer.
func (w *wires) Close() error { return errors.Join(w.clock.Halt(), w.data.Halt()) }

// Tx implements conn.Conn. In both modes the strip takes a bit at the rising clock.
func (w *wires) Tx(send, read []byte) error {
	if len(read) > 0 {
		return fmt.Errorf("%s: it cannot read", w)
	}
	for _, b := range send {
		for bit := 7; bit >= 0; bit-- {
			if err := w.send(b>>bit&1 == 1); err != nil {
				return err
			}
		}
	}
	return set(w.clock, w.idle)
}

func (w *wires) send(bit bool) error {
	if err := set(w.clock, false); err != nil {
		return err
	}
	if err := set(w.data, bit); err != nil {
		return err
	}
	return set(w.clock, true)
}

// TxPackets implements spi.Conn.
func (w *wires) TxPackets(packets []spi.Packet) error {
	for _, p := range packets {
		if err := w.Tx(p.W, p.R); err != nil {
			return err
		}
	}
	return nil
}

// Duplex implements conn.Conn.
func (w *wires) Duplex() conn.Duplex { return conn.Half }

var (
	_ spi.PortCloser = &wires{}
	_ spi.Conn       = &wires{}
)
