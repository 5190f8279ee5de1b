package board_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"

	"hillock/hw/board"
)

func TestRestTurnsOutputsOffForGood(t *testing.T) {
	t.Parallel()
	v, b := open(t, "output.bar.driver=bar", `output.bar.pins=["GPIO22", "GPIO23"]`, "output.bar.neuron=n1")
	led, row := v.Pin("GPIO17"), v.Pin("GPIO22")
	b.Outputs["led"].(board.Pulsing).Spike(1, 0)
	if led.Level() != gpio.High {
		t.Fatal("got GPIO17 low after a spike, want high")
	}
	if err := b.Rest(); err != nil {
		t.Fatal(err)
	}
	b.Outputs["led"].(board.Pulsing).Spike(2, time.Second) // from a loop that still runs
	b.Outputs["bar"].(board.Leveled).Spike(2, time.Second)
	if led.Level() != gpio.Low || row.Level() != gpio.Low || b.Outputs["led"].(board.Pulsing).Fault() != nil {
		t.Errorf("got GPIO17 %v, GPIO22 %v, fault %v; want both low and no fault", led.Level(), row.Level(), b.Outputs["led"].(board.Pulsing).Fault())
	}
	if b.Inputs["knob"].Current(0); b.Inputs["knob"].Reading().State != board.OK {
		t.Errorf("got the knob %v, want it open as before", b.Inputs["knob"].Reading().State)
	}
	if err := b.Close(); err != nil || led.EdgeCount() != 2 {
		t.Errorf("got %v and %d edges, want no error and the pulse's two", err, led.EdgeCount())
	}
}

// hangs is a pin with a driver that hangs at the level low, once armed.
type hangs struct {
	gpio.PinIO
	armed   bool
	forever chan struct{}
}

func (p *hangs) Out(l gpio.Level) error {
	if p.armed && l == gpio.Low {
		<-p.forever
	}
	return p.PinIO.Out(l)
}

// withPin is a Pi with another pin in the place of its own.
type withPin struct {
	board.Pi
	pin gpio.PinIO
}

func (p withPin) OpenPin(name string) (gpio.PinIO, error) {
	if name == p.pin.Name() {
		return p.pin, nil
	}
	return p.Pi.OpenPin(name)
}

func TestRestDoesNotWaitForHangingDriver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := load(t, "output.other.driver=pulse", "output.other.pin=GPIO27", "output.other.neuron=n1")
		v, err := board.NewVirtual(cfg, new(clock))
		if err != nil {
			t.Fatal(err)
		}
		stuck := &hangs{PinIO: v.Pin("GPIO17"), forever: make(chan struct{})}
		b, err := board.Open(cfg, withPin{v, stuck})
		if err != nil {
			t.Fatal(err)
		}
		b.Outputs["led"].(board.Pulsing).Spike(1, 0)
		b.Outputs["other"].(board.Pulsing).Spike(1, 0)
		stuck.armed = true
		began := time.Now()
		want := "output led: may still be on: its driver does not return"
		if err := b.Rest(); fmt.Sprint(err) != want || time.Since(began) != 1500*ms {
			t.Errorf("got %v after %v, want %s after 1.5s", err, time.Since(began), want)
		}
		if v.Pin("GPIO17").Level() != gpio.High || v.Pin("GPIO27").Level() != gpio.Low {
			t.Errorf("got GPIO17 %v and GPIO27 %v, want the first as it hangs, high, and the other low", v.Pin("GPIO17").Level(), v.Pin("GPIO27").Level())
		}
		close(stuck.forever)
		synctest.Wait()
		_ = b.Close()
	})
}
