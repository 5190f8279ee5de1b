package mcp3xxx

// frame is the layout of a conversion in the bytes of a transfer. The models differ in the clocks before the null bit,
// the first bit of the result:
//
//	channels   clocks, from the start bit or else from CS
//	1          2 of the sample                          section 5.0 (MCP3301: 6.2)
//	2          start, SGL/DIFF, ODD/SIGN, MSBF          section 5.1
//	4, 8       start, SGL/DIFF, D2, D1, D0, 1 of sample section 5.0 (MCP330x: 6.2)
//
// The chip skips zeros before the start bit (section 6.1, MCP330x: 6.3). With the right number of zeros, the result
// ends with the last byte. Without a start bit the result ends up to three bits earlier, and the chip repeats some of
// its bits.
type frame struct {
	size  int // bytes
	bits  int // of the result
	shift int // clocks after the result
	// command has ones at the start bit, SGL/DIFF, the lowest bit of the channel, and MSBF.
	start, single, channel, msbf uint32
}

func newFrame(f facts) frame {
	before := 2
	switch f.channels {
	case 2:
		before = 4
	case 4, 8:
		before = 6
	}
	clocks := before + 1 + f.bits
	x := frame{size: (clocks + 7) / 8, bits: f.bits}
	null := uint32(1) << f.bits
	switch f.channels {
	case 1:
		x.shift = 8*x.size - clocks
	case 2:
		x.start, x.single, x.channel, x.msbf = null<<4, null<<3, null<<2, null<<1
	default:
		x.start, x.single, x.channel = null<<6, null<<5, null<<2
	}
	return x
}

// command returns the bits to send. The channel is the positive one of two (tables 5-1 and 5-2, MCP330x: 6-2 and 6-3).
// MSBF is set, because nothing is read after the result.
func (x frame) command(single bool, channel int) uint32 {
	c := x.start | x.channel*uint32(channel) | x.msbf
	if single {
		c |= x.single
	}
	return c
}

// raw extracts the result. The chip always drives the null bit low; a high null bit means that no chip drives MISO. The
// bits before it are not driven and have no meaning.
func (x frame) raw(in uint32) (code int, ok bool) {
	in >>= x.shift
	return int(in & (1<<x.bits - 1)), in>>x.bits&1 == 0
}

// put and take convert between bytes and the low bytes of a word, most significant byte first.

func put(b []byte, word uint32) {
	for i := range b {
		b[i] = byte(word >> (8 * (len(b) - 1 - i)))
	}
}

func take(b []byte) (word uint32) {
	for _, v := range b {
		word = word<<8 | uint32(v)
	}
	return word
}
