package sim_test

import (
	"errors"
	"io/fs"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"hillock/hw/mcp3xxx"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	pi, _ := sim.Kit(nil)
	port := pi.SPI(0, 0)
	pin := adc(t, port, nil, 0)
	read := func(name string, want int32, wantErr error) {
		t.Helper()
		if s, err := pin.Read(); s.Raw != want || !errors.Is(err, wantErr) {
			t.Errorf("%s: got %d, %v, want %d, %v", name, s.Raw, err, want, wantErr)
		}
	}
	read("good", 409, nil)
	port.SetFaults(sim.Faults{MISO: sim.Open})
	read("open", 0, mcp3xxx.ErrNoChip)
	port.SetFaults(sim.Faults{MISO: sim.Shorted})
	read("shorted", 0, nil)
	port.SetFaults(sim.Faults{Err: syscall.EIO})
	read("error", 0, syscall.EIO)
	if _, err := pin.Read(); text(err) != "mcp3008 on SPI0.0: CH0: sim: SPI0.0: tx: input/output error" {
		t.Errorf("got %q", text(err))
	}
	if got, want := port.Faults(), (sim.Faults{Err: syscall.EIO}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	port.SetFaults(sim.Faults{})
	read("mended", 409, nil)
	port.Unplug()
	read("unplugged, MISO pulled down", 0, nil)
	if err := pi.Pin("GPIO9").In(gpio.PullUp, gpio.NoEdge); err != nil {
		t.Fatal(err)
	}
	read("unplugged, MISO pulled up", 0, mcp3xxx.ErrNoChip)
	port.Plug(sim.NewMCP3008())
	read("another chip", 0, nil)
	for m, want := range map[sim.MISO]string{sim.Connected: "connected", sim.Open: "open", sim.Shorted: "shorted", 7: "MISO(7)"} {
		if got := m.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestDelay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pi, _ := sim.Kit(nil)
		port := pi.SPI(0, 0)
		pin := adc(t, port, nil, 0)
		port.SetFaults(sim.Faults{Delay: time.Second})
		start := time.Now()
		if s, err := pin.Read(); err != nil || s.Raw != 409 {
			t.Errorf("got %d, %v, want 409", s.Raw, err)
		}
		if got := time.Since(start); got != time.Second {
			t.Errorf("got a transfer of %s, want 1s", got)
		}

		// Close during the delay.
		opened, err := port.Open()
		if err != nil {
			t.Fatal(err)
		}
		c, err := opened.Connect(physic.MegaHertz, spi.Mode0, 8)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		go func() { done <- c.Tx([]byte{0}, nil) }()
		synctest.Wait()
		if err := opened.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-done; !errors.Is(err, fs.ErrClosed) {
			t.Errorf("got %v, want %v", err, fs.ErrClosed)
		}
	})
	clock := new(stopwatch)
	pi, _ := sim.Kit(clock)
	pi.SPI(0, 0).SetFaults(sim.Faults{Delay: 3 * time.Millisecond})
	if _, err := adc(t, pi.SPI(0, 0), nil, 0).Read(); err != nil || clock.now != 3*time.Millisecond {
		t.Errorf("got %v, %v, want a transfer of 3ms by the test's clock", clock.now, err)
	}
}
