// Package pulsecode sends the name of an output over a jumper wire, as pulses. The other end of the wire needs no network.
//
// The times between the changes of level carry the name, so an inverted output sends the same. The shortest time is 2
// units. A unit of 15 ms makes it 30 ms: longer than a dead time of 20 ms, and than the bouncing of a contact.
//
//	start   8 units
//	pin     1 digit: number of the output's GPIO
//	board   1 digit: its length; then the name
//	output  1 digit: its length; then the name
//	check   3 digits: low bits of the CRC-32 of all digits before
//
// A digit has 6 bits. It is three times of 2 to 5 units, high bits first.
package pulsecode

import (
	"hash/crc32"
	"math"
	"strings"
	"time"
)

// Output is the sender of a code.
type Output struct {
	Board string // name of its board, "left"
	Name  string // name of the output, "red"
	GPIO  int    // number of its pin, 0 to 63
}

// letters are the letters of names, by their digits: those of a bare key in TOML.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// maxName is the longest name. The rest of a longer one is not sent.
const maxName = 24

const (
	startUnits = 8 // no digit has a time of 6 units or more
	shortest   = 2
	perDigit   = 3
	checks     = 3 // digits
)

// Sent returns a name as the code carries it: at most 24 letters, and "-" for an unknown letter.
func Sent(name string) string {
	name = name[:min(len(name), maxName)]
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(letters, r) {
			return r
		}
		return '-'
	}, name)
}

// digits returns the digits of a code without their check.
func (o Output) digits() []byte {
	d := []byte{byte(o.GPIO)}
	for _, name := range []string{Sent(o.Board), Sent(o.Name)} {
		d = append(d, byte(len(name)))
		for i := range len(name) {
			d = append(d, byte(strings.IndexByte(letters, name[i])))
		}
	}
	return d
}

// check returns the check digits.
func check(digits []byte) []byte {
	sum := crc32.ChecksumIEEE(digits)
	return []byte{byte(sum >> 12 & 63), byte(sum >> 6 & 63), byte(sum & 63)}
}

// Intervals returns the times between the changes of level. Their number is odd, so that the last change returns to rest.
// The level must rest before for more than 8 units.
func (o Output) Intervals(unit time.Duration) []time.Duration {
	digits := o.digits()
	digits = append(digits, check(digits)...)
	all := []time.Duration{startUnits * unit}
	for _, d := range digits {
		for shift := 4; shift >= 0; shift -= 2 {
			all = append(all, time.Duration(shortest+d>>shift&3)*unit)
		}
	}
	if len(all)%2 == 0 {
		all = append(all, shortest*unit)
	}
	return all
}

// Decoder reads codes from the edges of one pin. The zero Decoder is not ready: set Unit.
type Decoder struct {
	Unit time.Duration

	high    bool // level without bouncing
	last    time.Duration
	raw     bool // level with bouncing
	known   bool // there was an edge
	started bool
	times   []byte // of the digits so far, less the shortest
}

// hold returns the time after a change for contacts to bounce: 20 ms of a unit of 15 ms.
func (d *Decoder) hold() time.Duration { return d.Unit * 4 / 3 }

// Edge takes the next edge, with its time. It returns the sender at the end of a code, else false.
func (d *Decoder) Edge(at time.Duration, rising bool) (o Output, ok bool) {
	switch {
	case !d.known:
		d.known, d.last, d.high, d.raw = true, at, rising, rising
		return o, false
	case at-d.last < d.hold():
		d.raw = rising
		return o, false
	}
	if d.raw != d.high { // it changed while it bounced
		o, ok = d.change(d.last+d.hold(), d.raw)
	}
	d.raw = rising
	if rising != d.high {
		return d.change(at, rising)
	}
	return o, ok
}

// Lost forgets the present code: an edge of it is missing.
func (d *Decoder) Lost() { d.known, d.started = false, false }

// change takes a change without bouncing.
func (d *Decoder) change(at time.Duration, high bool) (o Output, ok bool) {
	n := int(math.Round(float64(at-d.last) / float64(d.Unit)))
	d.last, d.high = at, high
	switch {
	case n >= startUnits-1 && n <= startUnits+1:
		d.started, d.times = true, d.times[:0]
	case n < shortest || n > shortest+3:
		d.started = false
	case d.started:
		d.times = append(d.times, byte(n-shortest))
		if o, ok = d.decode(); ok {
			d.started = false
		}
	}
	return o, ok
}

// decode returns the sender if the code is complete and its check is right.
func (d *Decoder) decode() (o Output, ok bool) {
	if len(d.times)%perDigit != 0 {
		return o, false
	}
	var digits []byte
	for t := d.times; len(t) > 0; t = t[perDigit:] {
		digits = append(digits, t[0]<<4|t[1]<<2|t[2])
	}
	rest := digits
	name := func() (text string, ok bool) {
		if len(rest) == 0 || len(rest) < 1+int(rest[0]) {
			return "", false
		}
		for _, letter := range rest[1 : 1+rest[0]] {
			text += letters[letter : letter+1]
		}
		rest = rest[1+rest[0]:]
		return text, true
	}
	o.GPIO, rest = int(rest[0]), rest[1:]
	if o.Board, ok = name(); !ok {
		return o, false
	}
	if o.Name, ok = name(); !ok || len(rest) != checks {
		return o, false
	}
	return o, string(check(digits[:len(digits)-checks])) == string(rest)
}
