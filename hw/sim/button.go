package sim

import (
	"math/rand/v2"
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
	at    time.Duration
	touch bool
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

// Press pushes the button down: the contacts touch now, and then bounce. A pressed button stays as it is.
func (b *Button) Press() { b.move(true) }

// Release lets the button go: the contacts part now, and then bounce.
func (b *Button) Release() { b.move(false) }

// Pressed reports whether the button is down.
func (b *Button) Pressed() bool {
	b.pin.desk.lock()
	defer b.pin.desk.unlock()
	return b.pressed
}

func (b *Button) move(pressed bool) {
	d := b.pin.desk
	d.lock()
	defer d.unlock()
	if b.pressed == pressed {
		return
	}
	b.pressed = pressed
	now := d.now()
	b.rest = append(b.rest[:0], contact{now, pressed})
	at, longest := now, MaxBounce/(2*maxBounces)
	for range b.rng.IntN(maxBounces + 1) {
		for _, touch := range []bool{!pressed, pressed} {
			at += 1 + time.Duration(b.rng.Int64N(int64(longest)))
			b.rest = append(b.rest, contact{at, touch})
		}
	}
	d.run(b, now)
	d.changed.Broadcast()
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
	b.pin.put(b.rest[0].touch, b.level)
	b.rest = b.rest[1:]
}
