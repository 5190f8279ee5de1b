package board_test

import (
	"strings"
	"syscall"
	"testing"

	"periph.io/x/conn/v3/gpio"

	"hillock/hw/board"
)

func TestChangeKeepsSharedPartsAndClosesTheRest(t *testing.T) {
	t.Parallel()
	v, b := open(t, "output.old.driver=pulse", "output.old.pin=GPIO27", "output.old.neuron=n1")
	b.Outputs["led"].(board.Pulsing).Spike(1, 10*ms) // of 20 ms
	b.Outputs["old"].(board.Pulsing).Spike(1, 10*ms)
	next, err := b.Change(load(t, "output.led.width=5 ms", "output.new.driver=pulse", "output.new.pin=GPIO22", "output.new.neuron=n1"))
	if err != nil {
		t.Fatal(err)
	}
	if v.Pin("GPIO27").Level() != gpio.High || v.Pin("GPIO17").Level() != gpio.High {
		t.Error("got changed parts, want the loop to continue with the old ones")
	}
	knob := b.Inputs["knob"]
	if err := next.Succeed(b); err != nil {
		t.Fatal(err)
	}
	if v.Pin("GPIO27").Level() != gpio.Low {
		t.Error("got GPIO27 high, want an output that is gone low")
	}
	if next.Inputs["knob"] != knob || knob.Current(11*ms) == 0 {
		t.Error("got another knob, want the same one, open")
	}
	led := next.Outputs["led"].(board.Pulsing)
	if led.Tick(29 * ms); !led.High() || v.Pin("GPIO17").Level() != gpio.High {
		t.Error("got the pulse under way cut short")
	}
	if led.Tick(30 * ms); led.High() {
		t.Error("got the pulse under way made longer")
	}
	led.Spike(2, 40*ms)
	if led.Tick(45 * ms); led.High() || led.Pulses() != 1 {
		t.Errorf("got it high %v, %d pulses; want one of the new width", led.High(), led.Pulses())
	}
	if next.Outputs["new"].(board.Pulsing).Spike(2, 40*ms); v.Pin("GPIO22").Level() != gpio.High {
		t.Error("got no pulse on the new pin")
	}
	if err := next.Close(); err != nil || v.Pin("GPIO22").Level() != gpio.Low || v.Pin("GPIO17").Level() != gpio.Low {
		t.Errorf("got %v, want all low after Close", err)
	}
}

func TestChangedInputIsReopened(t *testing.T) {
	t.Parallel()
	v, b := open(t)
	cfg := load(t, "input.knob.channel=3")
	next, err := b.Change(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if b.Inputs["knob"].Current(ms) == 0 {
		t.Error("got nothing from the old knob, want it open until the end")
	}
	if err := v.Wire(cfg); err != nil {
		t.Fatal(err)
	}
	v.Knobs["knob"].Set(1)
	if err := next.Succeed(b); err != nil || next.Inputs["knob"].Current(2*ms) != 5 {
		t.Errorf("got %v, %g nA; want 5 from channel 3", err, next.Inputs["knob"].Current(2*ms))
	}
	if err := next.Close(); err != nil {
		t.Error(err)
	}
}

func TestFailedChangeKeepsTheBoard(t *testing.T) {
	t.Parallel()
	v, b := open(t)
	v.Pin("GPIO27").SetFault(syscall.EIO)
	for _, tt := range []struct {
		sets []string
		want string
	}{
		{[]string{"output.a.driver=pulse", "output.a.pin=GPIO22", "output.a.neuron=n1", "output.b.driver=pulse", "output.b.pin=GPIO27", "output.b.neuron=n1"},
			"output b: pulse: GPIO27: sim: GPIO27: out: input/output error"},
		{[]string{"input.knob.port=SPI5.0", "output.a.driver=pulse", "output.a.pin=GPIO22", "output.a.neuron=n1"}, "input knob: mcp3008 on SPI5.0: "},
	} {
		b.Outputs["led"].(board.Pulsing).Spike(1, ms)
		if _, err := b.Change(load(t, tt.sets...)); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("got %v, want %s...", err, tt.want)
		}
		if b.Outputs["led"].(board.Pulsing).Tick(2 * ms); v.Pin("GPIO17").Level() != gpio.High || v.Pin("GPIO22").Level() != gpio.Low || b.Inputs["knob"].Current(2*ms) == 0 {
			t.Error("got the open parts changed")
		}
	}
}

func TestOffSetsPinLow(t *testing.T) {
	t.Parallel()
	cfg := load(t)
	v, err := board.NewVirtual(cfg, new(clock))
	if err != nil {
		t.Fatal(err)
	}
	pin := v.Pin("GPIO17")
	if err := pin.Out(gpio.High); err != nil { // as a killed program leaves it
		t.Fatal(err)
	}
	if err := board.Off(cfg.Outputs[0], cfg, v); err != nil || pin.Level() != gpio.Low {
		t.Errorf("got %v, %v; want it low", err, pin.Level())
	}
	pin.SetFault(syscall.EBUSY)
	if err := board.Off(cfg.Outputs[0], cfg, v); err == nil || err.Error() != "output led: pulse: GPIO17: sim: GPIO17: out: device or resource busy" {
		t.Errorf("got %v, want that the pin is busy", err)
	}
}
