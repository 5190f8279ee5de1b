package bar

import (
	"fmt"

	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"hillock/hw/line"
)

// The lines of Wires.
const clockLine, dataLine gpio.GPIOValue = 1 << 0, 1 << 1

// Wires returns a port on two lines, for a strip without a bus: a Blinkt! has its data on GPIO23 and its clock on GPIO24.
// The first line of the group is the clock, the second the data. The port only sends, in modes 0 and 3, at the speed of
// the lines. A bit takes two changes of the group, a picture of 8 LEDs 592. Close turns both lines low and releases them;
// they belong to the port.
//
// periph's bitbang.SPI does not fit: it sends the lowest bit of each byte first.
func Wires(clockAndData *line.Group) spi.PortCloser { return &wires{lines: clockAndData} }

type wires struct {
	lines *line.Group
	idle  gpio.GPIOValue // the level of the clock at rest
}

func (w *wires) String() string { return fmt.Sprintf("wires{%s}", w.lines) }

// Connect implements spi.Port. It ignores a pin that refuses: the next transfer asks for the pin again.
func (w *wires) Connect(_ physic.Frequency, mode spi.Mode, bits int) (spi.Conn, error) {
	if mode != spi.Mode0 && mode != spi.Mode3 || bits != 8 {
		return nil, fmt.Errorf("%s: connect in mode 0 or 3 with 8 bits, got %s with %d bits", w, mode, bits)
	}
	if mode == spi.Mode3 {
		w.idle = clockLine
	}
	return w, nil
}

// LimitSpeed implements spi.PortCloser. It does nothing: the lines are slower than any strip.
func (w *wires) LimitSpeed(physic.Frequency) error { return nil }

// Close implements io.Closer.
func (w *wires) Close() error { return w.lines.Halt() }

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
	if w.idle == clockLine {
		return nil // the last bit has left it there
	}
	return w.lines.Set(0, clockLine)
}

// send sends a bit. The data changes with the falling clock, in one system call. It does not matter which of the two
// lines the kernel sets first, because the strip does not read the data before the clock rises again.
func (w *wires) send(bit bool) error {
	var data gpio.GPIOValue
	if bit {
		data = dataLine
	}
	if err := w.lines.Set(data, clockLine|dataLine); err != nil {
		return err
	}
	return w.lines.Set(clockLine, clockLine)
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
