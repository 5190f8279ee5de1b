package doctor

import (
	"errors"
	"fmt"
	"math"
	"time"

	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/rc"
)

// capacitors checks each knob without a converter.
func (b *Bench) capacitors(yield func(Finding) bool) bool {
	for _, in := range b.Config.Inputs {
		if in.Driver == "rc" && !yield(b.capacitor(in)) {
			return false
		}
	}
	return true
}

func (b *Bench) capacitor(in config.Input) Finding {
	f := Finding{Check: in.Name, Result: Failed}
	p, pulled := b.take(in.Pin)
	if pulled {
		defer p.restore()
	}
	part, err := board.OpenSensor(in, b.Pi)
	if err != nil {
		f.Seen = err.Error()
		return f
	}
	ends := board.Ends(in, part)
	low, high, err := math.MaxInt, 0, error(nil)
	for range 8 {
		var raw int32
		if raw, err = part.Raw(); err != nil {
			break
		}
		low, high = min(low, int(raw)), max(high, int(raw))
	}
	if err := errors.Join(err, part.End()); err != nil {
		f.Seen = err.Error()
		if pulled {
			p.uncharged(&f, in, err)
		}
		return f
	}
	f.Seen = fmt.Sprintf("%s charges in %v", in.Pin, time.Duration(low).Round(10*time.Microsecond))
	span := ends[1] - ends[0]
	switch {
	case low > ends[1]+span/4:
		f.Means = fmt.Sprintf("it takes longer than its parts allow, %v: the capacitor or the knob is larger than the configuration says", time.Duration(ends[1]).Round(10*time.Microsecond))
		f.Do = fmt.Sprintf("read what is printed on them, and set capacitor and knob of input.%s", in.Name)
	case high < ends[0]-ends[0]/4:
		f.Means = fmt.Sprintf("it takes less than its parts allow, %v: the capacitor is smaller than the configuration says", time.Duration(ends[0]).Round(10*time.Microsecond))
		f.Do = fmt.Sprintf("read what is printed on it, and set capacitor of input.%s", in.Name)
	case high-low > span/8:
		f.Result, f.Seen = NotPossible, fmt.Sprintf("%s charges in %v to %v", in.Pin, time.Duration(low).Round(10*time.Microsecond), time.Duration(high).Round(10*time.Microsecond))
		f.Means, f.Do = "somebody turns the knob, or a contact is loose", "leave it alone, and run doctor again"
	default:
		f.Result = Passed
	}
	return f
}

// uncharged tells more of a capacitor that does not charge, or at once, from how the pin goes with its pull-up.
func (p *free) uncharged(f *Finding, in config.Input, err error) {
	if errors.Is(err, rc.ErrAtOnce) {
		f.Means = "the capacitor is loose, or its wire to GND; or the pin is at 3V3"
		f.Do = fmt.Sprintf("push in the capacitor's legs, one in the row of the resistors, one at GND; look at what is beside %s", spot(in.Pin))
		return
	}
	constant := time.Duration(50e3 * in.RC.Capacitor * float64(time.Second)) // of the Pi's pulls
	switch after, ok := p.rises(constant); {
	case !ok:
		f.Means = fmt.Sprintf("the capacitor is shorted, or %s is at ground", in.Pin)
		f.Do = "look at the capacitor's legs, and at what is beside them"
	case after < constant/10:
		f.Means = fmt.Sprintf("%s hangs on nothing: its wire to the resistor is loose", in.Pin)
		f.Do = fmt.Sprintf("put it from %s to the resistor of %g Ohm", spot(in.Pin), in.RC.Discharge)
	default:
		f.Means = "the capacitor is there, and nothing charges it: a leg of the knob, its resistor, or the wire to 3V3 is loose"
		f.Do = "push in 3V3, the knob's outer and middle leg, and the resistor between it and the capacitor"
	}
}

// rises is how long the pin takes to be high by its pull-up, after its pull-down has emptied what is there.
func (p *free) rises(constant time.Duration) (time.Duration, bool) {
	if p.pull(gpio.PullDown) != nil {
		return 0, false
	}
	time.Sleep(5 * constant)
	if p.pull(gpio.PullUp) != nil {
		return 0, false
	}
	start := time.Now()
	for p.Read() == gpio.Low {
		if time.Since(start) > 3*constant {
			return 0, false
		}
		time.Sleep(constant / 50)
	}
	return time.Since(start), true
}
