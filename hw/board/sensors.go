package board

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"periph.io/x/conn/v3/analog"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/devices/v3/ads1x15"

	"hillock/config"
	"hillock/hw/clock"
	"hillock/hw/rc"
	"hillock/hw/sim"
)

// OpenSensor opens the part of an input that is rc or ads1115, on a Pi.
func OpenSensor(in config.Input, pi Pi) (Sensor, error) {
	if in.Driver == "rc" {
		return openRC(in, pi)
	}
	return openADS1115(in, pi)
}

// ads1115 is a channel of the chip.
type ads1115 struct {
	bus  i2c.BusCloser
	pin  ads1x15.PinADC
	name string
}

func openADS1115(in config.Input, pi Pi) (Sensor, error) {
	name := adsName(in)
	bus, err := pi.OpenI2C(in.Port)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	dev, err := ads1x15.NewADS1115(bus, &ads1x15.Opts{I2cAddress: uint16(in.Address)})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), bus.Close())
	}
	// The range that the knob's upper end is just in, and the fastest conversion: 1.2 ms, SBAS444D, table 8.
	volts := physic.ElectricPotential(in.VRef * float64(physic.Volt))
	pin, err := dev.PinForChannel(ads1x15.Channel(int(ads1x15.Channel0)+in.Channel), volts, 860*physic.Hertz, ads1x15.SaveEnergy)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), bus.Close())
	}
	return &ads1115{bus, pin, name}, nil
}

func adsName(in config.Input) string { return fmt.Sprintf("ads1115 on %s at %#x", in.Port, in.Address) }

// slowName is what messages call the part of a slow input.
func slowName(in config.Input) string {
	if in.Driver == "rc" {
		return "rc on " + in.Pin
	}
	return adsName(in)
}

func (a *ads1115) Raw() (int32, error) {
	s, err := a.pin.Read()
	if err != nil {
		err = fmt.Errorf("%s: %w", a.name, err)
		if strings.HasSuffix(err.Error(), "remote I/O error") { // the text is all that periph keeps of EREMOTEIO
			err = fmt.Errorf("%w: no chip answers: check SDA, pin 3, SCL, pin 5, 3V3, GND and what ADDR is wired to", err)
		}
		return 0, err
	}
	return s.Raw, nil
}

func (a *ads1115) End() error { return errors.Join(a.pin.Halt(), a.bus.Close()) }

// capacitor is a knob without an ADC.
type capacitor struct{ *rc.Dev }

// unpulled is a pin whose pull must be turned off before it floats.
type unpulled interface{ Unpull() error }

// timed is a pin that has a clock: charges are timed by that.
type timed interface{ Clock() sim.Clock }

func openRC(in config.Input, pi Pi) (Sensor, error) {
	p, err := pi.OpenPin(in.Pin)
	if err != nil {
		return nil, err
	}
	if u, ok := p.(unpulled); ok {
		if err := u.Unpull(); err != nil {
			return nil, err
		}
	}
	opts := rc.Opts{
		Knob:      physic.ElectricResistance(in.RC.Knob * float64(physic.Ohm)),
		Series:    physic.ElectricResistance(in.RC.Series * float64(physic.Ohm)),
		Discharge: physic.ElectricResistance(in.RC.Discharge * float64(physic.Ohm)),
		Capacitor: physic.ElectricalCapacitance(in.RC.Capacitor * float64(physic.Farad)),
		Charges:   in.RC.Charges,
		Ends:      [2]time.Duration{time.Duration(in.Ends[0]), time.Duration(in.Ends[1])},
	}
	opts.Clock = clockOf(p)
	dev, err := rc.New(p, &opts)
	if dev == nil {
		return nil, err
	}
	if err != nil {
		return nil, errors.Join(err, dev.Halt())
	}
	return capacitor{dev}, nil
}

// clockOf returns the clock of a pin, or nil for the wall's, of which rc has a better one.
func clockOf(p gpio.PinIO) rc.Clock {
	t, ok := p.(timed)
	if !ok {
		return nil
	}
	if _, ok := t.Clock().(*clock.Wall); ok {
		return nil
	}
	return t.Clock()
}

func (c capacitor) Raw() (int32, error) {
	s, err := c.Dev.Read()
	return s.Raw, err
}

func (c capacitor) End() error { return c.Dev.Halt() }

// Ends are the raw values at the knob's two ends, where the configuration leaves them to the part.
func Ends(in config.Input, s Sensor) [2]int {
	if c, ok := s.(analog.PinADC); ok && in.Ends == [2]int{} {
		low, high := c.Range()
		return [2]int{int(low.Raw), int(high.Raw)}
	}
	return in.Ends
}
