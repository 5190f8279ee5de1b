package mcp4725_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/analog"
	"periph.io/x/conn/v3/i2c/i2ctest"
	"periph.io/x/conn/v3/physic"

	"hillock/hw/mcp4725"
	"hillock/hw/sim"
)

// A MCP4725A1 with its pin A0 at ground, as on Adafruit's module.
func Example() {
	pi, chip := sim.New(nil), sim.NewMCP4725()
	pi.I2C(1).Plug(0x62, chip)
	bus, _ := pi.OpenI2C("I2C1") // on a Pi: i2creg.Open("")
	defer bus.Close()

	dac, err := mcp4725.NewI2C(bus, &mcp4725.Opts{Address: 0x62})
	if err != nil {
		panic(err)
	}
	if err := dac.Out(1024); err != nil {
		panic(err)
	}
	fmt.Println(chip.Voltage())
	// Output: 825mV
}

// The bytes of figure 6-1: 0 0 PD1 PD0 D11 to D8, then D7 to D0.
func TestOutSendsFastMode(t *testing.T) {
	bus := &i2ctest.Playback{Ops: []i2ctest.IO{
		{Addr: 0x60, W: []byte{0x00, 0x00}},
		{Addr: 0x60, W: []byte{0x00, 0x01}},
		{Addr: 0x60, W: []byte{0x0a, 0xbc}},
		{Addr: 0x60, W: []byte{0x0f, 0xff}},
		{Addr: 0x60, W: []byte{0x00, 0x00}},
	}}
	d, err := mcp4725.NewI2C(bus, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []int32{0, 1, 0xabc, 4095} {
		if err := d.Out(code); err != nil {
			t.Errorf("%d: %v", code, err)
		}
	}
	if err := errors.Join(d.Halt(), bus.Close()); err != nil {
		t.Error(err)
	}
}

func TestEveryCodeReachesTheOutput(t *testing.T) {
	pi, chip := sim.New(nil), sim.NewMCP4725()
	pi.I2C(1).Plug(0x67, chip)
	bus, err := pi.OpenI2C("I2C1")
	if err != nil {
		t.Fatal(err)
	}
	d, err := mcp4725.NewI2C(bus, &mcp4725.Opts{Address: 0x67})
	if err != nil {
		t.Fatal(err)
	}
	for code := range mcp4725.MaxCode + 1 {
		if err := d.Out(int32(code)); err != nil {
			t.Fatal(err)
		}
		got, err := d.Read()
		want := mcp4725.State{Ready: true, Code: code, StoredCode: 2048}
		if err != nil || got != want || chip.Code() != code || chip.Voltage() != 3300*physic.MilliVolt*physic.ElectricPotential(code)/4096 {
			t.Fatalf("code %d: got %+v, %v, %d and %s at the chip, want %+v", code, got, err, chip.Code(), chip.Voltage(), want)
		}
	}
	if err := d.Halt(); err != nil || chip.Voltage() != 0 {
		t.Errorf("got %v and %s after Halt, want 0 V", err, chip.Voltage())
	}
	if code, writes := chip.EEPROM(); code != 2048 || writes != 0 {
		t.Errorf("got the EEPROM at %d after %d writes, want it untouched", code, writes)
	}
}

// The bytes of figure 6-3.
func TestReadDecodesTheRegisters(t *testing.T) {
	bus := &i2ctest.Playback{Ops: []i2ctest.IO{
		{Addr: 0x60, R: []byte{0xc0, 0xab, 0xc0, 0x08, 0x00}},
		{Addr: 0x60, R: []byte{0x46, 0x12, 0x30, 0x4f, 0xed}},
	}}
	d, err := mcp4725.NewI2C(bus, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []mcp4725.State{
		{Ready: true, Code: 0xabc, StoredCode: 0x800},
		{Code: 0x123, PowerDown: 3, StoredCode: 0xfed, StoredPower: 2},
	} {
		got, err := d.Read()
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("got %v (-want +got):\n%s", err, diff)
		}
	}
}

func TestErrorsNameTheChip(t *testing.T) {
	bus, err := sim.New(nil).OpenI2C("I2C1")
	if err != nil {
		t.Fatal(err)
	}
	d, err := mcp4725.NewI2C(bus, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, failed := d.Read()
	for _, tt := range []struct {
		err  error
		want string
	}{
		{d.Out(1), "mcp4725 at 0x60 on I2C1: sim: I2C1: tx: no chip answers at 0x60: remote I/O error"},
		{failed, "mcp4725 at 0x60 on I2C1: read: sim: I2C1: tx: no chip answers at 0x60: remote I/O error"},
		{d.Out(-1), "mcp4725 at 0x60 on I2C1: code must be from 0 to 4095, got -1"},
		{d.Out(4096), "mcp4725 at 0x60 on I2C1: code must be from 0 to 4095, got 4096"},
	} {
		if got := fmt.Sprint(tt.err); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestNewI2CRefuses(t *testing.T) {
	for _, tt := range []struct {
		opts mcp4725.Opts
		want string
	}{
		{mcp4725.Opts{Address: 0x5f}, "mcp4725: address must be from 0x60 to 0x67, got 0x5f"},
		{mcp4725.Opts{Address: 0x68}, "mcp4725: address must be from 0x60 to 0x67, got 0x68"},
		{mcp4725.Opts{VDD: physic.Volt}, "mcp4725: vdd must be from 2.700V to 5.500V, got 1V"},
		{mcp4725.Opts{VDD: 6 * physic.Volt}, "mcp4725: vdd must be from 2.700V to 5.500V, got 6V"},
	} {
		if d, err := mcp4725.NewI2C(new(i2ctest.Record), &tt.opts); d != nil || err == nil || err.Error() != tt.want {
			t.Errorf("got %v, %v; want %s", d, err, tt.want)
		}
	}
}

func TestNames(t *testing.T) {
	d, err := mcp4725.NewI2C(new(i2ctest.Record), &mcp4725.Opts{VDD: 5 * physic.Volt})
	if err != nil {
		t.Fatal(err)
	}
	low, high := d.Range()
	if want := (analog.Sample{Raw: 4095, V: 5 * physic.Volt * 4095 / 4096}); low != (analog.Sample{}) || high != want {
		t.Errorf("got the range %v to %v, want 0 V to %v", low, high, want)
	}
	if got, want := fmt.Sprint(d, d.Name(), d.Number(), d.Function()), "MCP4725{record, 0x60}VOUT0DAC"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOutDoesNotAllocate(t *testing.T) {
	pi := sim.New(nil)
	pi.I2C(1).Plug(0x60, sim.NewMCP4725())
	bus, err := pi.OpenI2C("I2C1")
	if err != nil {
		t.Fatal(err)
	}
	d, err := mcp4725.NewI2C(bus, nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() { _ = d.Out(1234) }); n != 0 {
		t.Errorf("got %g allocations, want 0", n)
	}
}
