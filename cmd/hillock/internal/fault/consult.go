package fault

import (
	"context"
	"runtime"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/doctor"
)

// Consult checks the wires of a configuration with a fault, until ctx ends. It calls each with every finding at once. It uses a
// virtual Pi of its own: the checks take more transfers than the loop has time for. It waits for a hanging transfer, at most 1 s.
func Consult(ctx context.Context, f Fault, cfg *config.Config, each func(doctor.Finding)) error {
	if err := f.Check(cfg); err != nil {
		return err
	}
	v, err := board.NewVirtual(cfg, clock.New())
	if err != nil {
		return err
	}
	f.Apply(v)
	b := doctor.Bench{Config: cfg, Pi: yielding{v}, Hand: v, Unit: doctor.ShortUnit}
	for found := range b.Wires(ctx) {
		each(found)
	}
	return ctx.Err()
}

// yielding is a virtual Pi. It gives up the processor before each transfer. On a single processor the loop of a run then waits
// for one transfer of a check, some microseconds, and not for hundreds of them.
type yielding struct{ *board.Virtual }

func (y yielding) OpenSPI(port string) (spi.PortCloser, error) {
	p, err := y.Virtual.OpenSPI(port)
	return yieldingPort{p}, err
}

func (y yielding) OpenI2C(bus string) (i2c.BusCloser, error) {
	b, err := y.Virtual.OpenI2C(bus)
	return yieldingBus{b}, err
}

type yieldingPort struct{ spi.PortCloser }

func (p yieldingPort) Connect(f physic.Frequency, mode spi.Mode, bits int) (spi.Conn, error) {
	c, err := p.PortCloser.Connect(f, mode, bits)
	return yieldingConn{c}, err
}

type yieldingConn struct{ spi.Conn }

func (c yieldingConn) Tx(w, r []byte) error {
	runtime.Gosched()
	return c.Conn.Tx(w, r)
}

func (c yieldingConn) TxPackets(p []spi.Packet) error {
	runtime.Gosched()
	return c.Conn.TxPackets(p)
}

type yieldingBus struct{ i2c.BusCloser }

func (b yieldingBus) Tx(addr uint16, w, r []byte) error {
	runtime.Gosched()
	return b.BusCloser.Tx(addr, w, r)
}
