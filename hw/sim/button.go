package sim

import (
	"math/rand/v2"
	"slices"
	"time"

	"periph.io/x/conn/v3/gpio"
)

// Button is a push button between a pin and 3V3 or ground. Its contacts bounce, at the press and at the release. Two
// buttons with one seed bounce alike.
type Button struct {
	pin   *Pin
	level gpio.Level // on the pin while the contacts touch
	rng   *rand.Rand

	// Guarded by the desk's lock:
	pressed bool
	rest    []contact // to come
}

// contact is one change of a button's contacts.
type contact struct {
	at      time.Duration
	touch   bool
	pressed bool // the button is down then
}

// The contacts of a Button come to rest within MaxBounce. Of 18 measured switches, few needed longer (Ganssle, A Guide to
// Debouncing).
const (
	MaxBounce  = 6 * time.Millisecond
	maxBounces = 8
)

// NewButton puts a button on a pin. It connects the pin to 3V3 (gpio.High) or to ground (gpio.Low).
func NewButton(p *Pin, level gpio.Level, seed uint64) *Button {
	b := &Button{pin: p, level: level, rng: rand.New(rand.NewPCG(seed, 0))}
	p.desk.lock()
	defer p.desk.unlock()
	p.desk.sources = append(p.desk.sources, b)
	return b
}

// Level returns the level on the pin while the contacts touch.
func (b *Button) Level() gpio.Level { return b.level }

// Press pushes the button down: the contacts touch now, and then bounce. A pressed button stays down.
func (b *Button) Press() { b.move(true, 0) }

// Release lets the button go: the contacts part now, and then bounce.
func (b *Button) Release() { b.move(false, 0) }

// Tap pushes the button down and lets it go after a time, MaxBounce at least.
func (b *Button) Tap(hold time.Duration) { b.move(true, max(hold, MaxBounce)) }

// Pressed reports whether the button is down.
func (b *Button) Pressed() bool {
	b.pin.desk.lock()
	defer b.pin.desk.unlock()
	return b.pressed
}

// move moves the button now. With back, the button moves back after that time.
func (b *Button) move(pressed bool, back time.Duration) {
	d := b.pin.desk
	d.lock()
	defer d.unlock()
	now := d.now()
	if b.pressed == pressed { // without the end of a tap
		b.rest = slices.DeleteFunc(b.rest, func(c contact) bool { return c.pressed != pressed })
	} else {
		b.rest = b.rest[:0]
		b.bounce(now, pressed)
		d.run(b, now)
	}
	if back != 0 {
		b.bounce(now+back, !pressed)
	}
	d.changed.Broadcast()
}

// bounce adds the contacts of a movement.
func (b *Button) bounce(at time.Duration, pressed bool) {
	const longest = MaxBounce / (2 * maxBounces)
	b.rest = append(b.rest, contact{at, pressed, pressed})
	for range b.rng.IntN(maxBounces + 1) {
		for _, touch := range []bool{!pressed, pressed} {
			at += 1 + time.Duration(b.rng.Int64N(int64(longest)))
			b.rest = append(b.rest, contact{at, touch, pressed})
		}
	}
}

// next implements source.
func (b *Button) next() (at time.Duration, ok bool) {
	if len(b.rest) == 0 {
		return 0, false
	}
	return b.rest[0].at, true
}

// run implements source.
func (b *Button) run(time.Duration) {
	c := b.rest[0]
	b.rest, b.pressed = b.rest[1:], c.pressed
	b.pin.put(c.touch, b.level)
}
