package config

import (
	"fmt"
	"math"
	"slices"
	"time"

	"hillock/neuron"
)

// defaultLoop returns the values of keys left out of [loop]. A test compares them with default.toml.
func defaultLoop() Loop {
	return Loop{
		DT: 100 * time.Microsecond, Tick: time.Millisecond, Speed: 0.1, MaxLag: 250 * time.Millisecond,
		Realtime: "auto", Spin: -1, CPU: -1,
	}
}

// loop decodes [loop].
func (d *decoder) loop() Loop {
	p, l := d.parts["loop"], defaultLoop()
	l.DT = p.Time("dt", l.DT, time.Microsecond, time.Second, "")
	l.Tick = p.Time("tick", l.Tick, 50*time.Microsecond, time.Second, "")
	l.Speed = p.speed(l.Speed)
	d.timing = l
	l.MaxLag = p.TickOrMore("max_lag", l.MaxLag, time.Hour)
	l.Spin, l.CPU = p.spin(l.Spin), p.cpu(l.CPU)
	if p.Has("realtime") {
		l.Realtime = p.Choice("realtime", "auto", "on", "off")
	}
	if l.Spin > l.Tick/2 && !p.IsBad("tick") {
		p.Wrong("spin", Problem{Rule: fmt.Sprintf("must be at most half a tick (%s)", FormatTime(l.Tick/2)), Hint: "the kernel stops a thread that never sleeps"})
	}
	if due := float64(l.Tick) * l.Speed / float64(l.DT); !p.IsBad("dt") && !p.IsBad("tick") && due > neuron.MaxStepsPerTick {
		i := max(0, slices.IndexFunc([]string{"speed", "tick", "dt"}, p.Has))
		p.Wrong([]string{"speed", "tick", "dt"}[i], Problem{
			Rule: fmt.Sprintf("must keep tick*speed/dt at most %d steps per tick", neuron.MaxStepsPerTick),
			Hint: "it is " + formatFloat(math.Round(due)),
		})
	}
	d.timing = l
	return l
}

// speed decodes the speed, rounded to a multiple of 1e-9: the loop counts steps in whole numbers.
func (p *Table) speed(byDefault float64) float64 {
	const rule, low, high = "must be a number between 0.000001 and 1000", 1e-6, 1000
	v, ok := p.number("speed", rule)
	switch {
	case !ok:
		return byDefault
	case !(v >= low && v <= high):
		p.Wrong("speed", Problem{Rule: rule, Hint: "1 is real time, 0.1 is 10 times slower"})
		return byDefault
	}
	return math.Round(v*1e9) / 1e9
}

// spin decodes how long before a deadline the loop wakes: -1 for a learned time.
func (p *Table) spin(byDefault time.Duration) time.Duration {
	const rule, most = `must be "auto", "off" or a time up to 1 ms such as "30 us"`, time.Millisecond
	n := p.value("spin", Text, rule)
	switch {
	case n == nil:
		return byDefault
	case n.text == "auto":
		return -1
	case n.text == "off":
		return 0
	}
	v, problem := milliseconds().time(n.text, 0, most, "")
	if problem != nil {
		p.Wrong("spin", Problem{Rule: rule, Hint: didYouMean(n.text, []string{"auto", "off"}, "")})
		return byDefault
	}
	return v
}

// cpu decodes the CPU of the loop: -1 for any.
func (p *Table) cpu(byDefault int) int {
	const rule, most = `must be "any" or a whole number between 0 and 1023`, 1023
	n := p.value("cpu", Whole|Text, rule)
	switch {
	case n == nil:
		return byDefault
	case n.kind == Text && n.text == "any":
		return -1
	}
	v, ok := n.number()
	if !ok || v < 0 || v > most {
		p.Wrong("cpu", Problem{Rule: rule})
		return byDefault
	}
	return v
}
