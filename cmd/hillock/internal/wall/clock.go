package wall

import "time"

// Clocks differ by up to drift: 200 ms in 1000 s, twice the tolerance of common crystals (100 ppm each).
const drift = 200e-6

// mapping maps a board's clock to the receiver's clock. A message needs some time on its way, never less than none: the smallest
// difference of arrival and sending is the best known one. It grows slowly, so that it follows a drifting clock.
type mapping struct {
	known   bool
	offset  time.Duration // receiver's clock minus the board's, with the shortest way seen
	updated time.Duration // on the receiver's clock
}

// see takes the sending time of a message on the board's clock, and its arrival on the receiver's.
func (m *mapping) see(sent, arrived time.Duration) {
	offset := arrived - sent
	if m.known {
		grown := m.offset + time.Duration(drift*float64(arrived-m.updated))
		offset = min(offset, grown)
	}
	*m = mapping{true, offset, arrived}
}

// at returns a time of the board's clock on the receiver's clock.
func (m *mapping) at(t time.Duration) time.Duration { return t + m.offset }
