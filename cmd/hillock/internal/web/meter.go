package web

import (
	"fmt"
	"time"

	"golang.org/x/time/rate"
)

// What one WebSocket may send. Each limit may be exceeded for a second by what was not sent in the one before.
const (
	perSecond   = 60       // messages
	framesEach  = 80       // frames a second: those of the messages, pings, pongs and fragments
	frameBurst  = 160      // frames at once
	bytesEach   = 16 << 10 // bytes a second
	bytesAtOnce = 32 << 10 // bytes at once
)

// meter counts the frames and bytes that a WebSocket client sends, below the WebSocket library: the library answers pings and
// takes empty fragments without a word to its caller.
type meter struct {
	frames, bytes *rate.Limiter
	header        []byte // of the frame that comes in, as far as it is there
	payload       uint64 // bytes of its payload that are still to come
	exceeded      error
}

// tooMuch is the error of a client that exceeds a limit. Its text is the reason that the client is given.
type tooMuch string

func (t tooMuch) Error() string { return string(t) }

func newMeter() *meter {
	return &meter{frames: rate.NewLimiter(framesEach, frameBurst), bytes: rate.NewLimiter(bytesEach, bytesAtOnce)}
}

// take counts bytes that came in. Once a limit was exceeded take always returns that error.
func (m *meter) take(b []byte) error {
	now := time.Now()
	if m.exceeded == nil && !m.bytes.AllowN(now, len(b)) {
		m.exceeded = tooMuch(fmt.Sprintf("at most %d bytes a second", bytesEach))
	}
	if m.exceeded == nil && !m.frames.AllowN(now, m.begun(b)) {
		m.exceeded = tooMuch(fmt.Sprintf("at most %d frames a second", framesEach))
	}
	return m.exceeded
}

// begun returns how many frames have their header completed by b (RFC 6455, section 5.2).
func (m *meter) begun(b []byte) (frames int) {
	for len(b) > 0 {
		if skip := min(m.payload, uint64(len(b))); skip > 0 {
			m.payload -= skip
			b = b[skip:]
			continue
		}
		m.header = append(m.header, b[0])
		b = b[1:]
		if len(m.header) < 2 || len(m.header) < headerLength(m.header[1]) {
			continue
		}
		m.payload = payloadLength(m.header)
		m.header = m.header[:0]
		frames++
	}
	return frames
}

// headerLength is the length of a frame's header, by its second byte.
func headerLength(second byte) int {
	length := 2
	switch second & 0x7f {
	case 126:
		length += 2
	case 127:
		length += 8
	}
	if second&0x80 != 0 {
		length += 4 // the mask
	}
	return length
}

// payloadLength is the length of the payload that a whole header announces.
func payloadLength(header []byte) (n uint64) {
	short, long := uint64(header[1]&0x7f), header[2:]
	switch short {
	case 126:
		long = long[:2]
	case 127:
		long = long[:8]
	default:
		return short
	}
	for _, b := range long {
		n = n<<8 | uint64(b)
	}
	return n
}
