package serve

import (
	"fmt"
	"time"

	"golang.org/x/time/rate"
)

// Limits of what one WebSocket sends. Unused messages of one second may follow in the next.
const (
	PerSecond   = 60       // messages
	FramesEach  = 80       // frames a second: messages, fragments, pings and pongs
	FrameBurst  = 160      // frames at once
	bytesEach   = 16 << 10 // bytes a second
	BytesAtOnce = 32 << 10 // bytes at once
)

// meter counts the frames and bytes of a WebSocket client below the WebSocket library. The library answers pings and accepts
// empty fragments without notice to its caller.
type meter struct {
	frames, bytes *rate.Limiter
	header        []byte // of the present frame, as far as received
	payload       uint64 // its missing bytes
	exceeded      error
}

// tooMuch is the error of a client beyond a limit. Its text is the reason in the close frame.
type tooMuch string

func (t tooMuch) Error() string { return string(t) }

func newMeter() *meter {
	return &meter{frames: rate.NewLimiter(FramesEach, FrameBurst), bytes: rate.NewLimiter(bytesEach, BytesAtOnce)}
}

// take counts received bytes. After the first error it always returns that error.
func (m *meter) take(b []byte) error {
	now := time.Now()
	if m.exceeded == nil && !m.bytes.AllowN(now, len(b)) {
		m.exceeded = tooMuch(fmt.Sprintf("at most %d bytes a second", bytesEach))
	}
	if m.exceeded == nil && !m.frames.AllowN(now, m.begun(b)) {
		m.exceeded = tooMuch(fmt.Sprintf("at most %d frames a second", FramesEach))
	}
	return m.exceeded
}

// begun returns how many frame headers are complete with b (RFC 6455, section 5.2).
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

// headerLength returns the length of a frame's header from its second byte.
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

// payloadLength returns the payload's length from a complete header.
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
