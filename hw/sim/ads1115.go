package sim

import (
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3/physic"
)

// ADS1115 is a Texas Instruments ADS1115: a 16-bit analog-to-digital converter on I2C, with a Knob on each of its four
// inputs. It is modelled register by register from its datasheet, SBAS444D. Its address is 0x48 with the pin ADDR at
// ground, 0x49 with ADDR at VDD, 0x4a at SDA, and 0x4b at SCL (table 4).
//
// A conversion takes one period of the data rate, by the Pi's clock. A single conversion converts the input as it is at
// the start. In continuous mode, a read of the register after the end of a conversion converts the input as it is then.
// Not modelled are the pin ALERT/RDY, the general call, the clock's tolerance of 10 %, and the wake-up time of some 25
// us.
type ADS1115 struct {
	knobs [4]Knob
	vdd   atomic.Int64 // physic.ElectricPotential
	noise noise
	float floating // under mu

	mu         sync.Mutex // guards the fields below: the wire's, and the gain for SetCode
	registers  [4]uint16
	pointer    byte
	count      int    // of bytes since the start
	word       uint16 // being transferred
	now        time.Duration
	converting bool
	started    time.Duration
	period     time.Duration // of the running conversion
	result     int16         // of a single conversion
}

// The registers, by address pointer (section 9.6.1).
const (
	adsConversion = iota
	adsConfig
	adsLow
	adsHigh
)

// The bits of the configuration register (section 9.6.3).
const (
	adsOS       = 0x8000 // written: start a single conversion; read: no conversion runs
	adsMux      = 12
	adsGain     = 9
	adsSingle   = 0x0100
	adsDataRate = 5
)

// NewADS1115 returns a chip at 3.3 V without noise. Its knobs are at position 0.
func NewADS1115() *ADS1115 {
	c := &ADS1115{registers: [4]uint16{adsConfig: 0x8583 &^ adsOS, adsLow: 0x8000, adsHigh: 0x7fff}}
	for i := range c.knobs {
		c.knobs[i].chip = c
	}
	c.float = newFloating(len(c.knobs))
	c.vdd.Store(int64(3300 * physic.MilliVolt))
	return c
}

// Knob returns the knob on an input, 0 to 3, or nil if there is no such input. SetCode uses the gain in the
// configuration register: 2.048 V at first.
func (c *ADS1115) Knob(channel int) *Knob {
	if channel < 0 || channel >= len(c.knobs) {
		return nil
	}
	return &c.knobs[channel]
}

// SetNoise adds a whole number from -codes to codes to every code, as on MCP3xxx.
func (c *ADS1115) SetNoise(codes int, seed uint64) {
	c.noise.set(min(codes, math.MaxInt16), seed)
}

// SetVDD sets the supply, from 2 V to 5.5 V (section 7.3). The knobs keep their positions.
func (c *ADS1115) SetVDD(v physic.ElectricPotential) error {
	if v < 2*physic.Volt || v > maxVDD {
		return fmt.Errorf("sim: %s: vdd must be from 2V to %s, got %s", c, maxVDD, v)
	}
	c.vdd.Store(int64(v))
	return nil
}

// VDD returns the supply: the upper end of the knobs.
func (c *ADS1115) VDD() physic.ElectricPotential {
	return physic.ElectricPotential(c.vdd.Load())
}

// String implements I2CChip.
func (c *ADS1115) String() string {
	return "ads1115"
}

// Start implements I2CChip.
func (c *ADS1115) Start(now time.Duration, read bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now, c.count = now, 0
	c.settle()
}

// Write implements I2CChip: the address pointer, then the two bytes of the register, high byte first (section 9.5.3).
// The conversion register acknowledges them and does not change.
func (c *ADS1115) Write(b byte) (ack bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch c.count {
	case 0:
		c.pointer = b & 3
	case 1:
		c.word = uint16(b) << 8
	case 2:
		c.set(c.word | uint16(b))
	}
	c.count++
	return true
}

// Read implements I2CChip: the two bytes of the register at the pointer, repeated.
func (c *ADS1115) Read() byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count%2 == 0 {
		c.word = c.registers[c.pointer]
		if c.pointer == adsConfig && !c.converting {
			c.word |= adsOS
		}
	}
	c.count++
	c.word = c.word<<8 | c.word>>8
	return byte(c.word)
}

// set writes the register at the pointer. A running conversion continues unchanged.
func (c *ADS1115) set(word uint16) {
	switch c.pointer {
	case adsConversion:
		return
	case adsConfig:
		c.registers[adsConfig] = word &^ adsOS
		if !c.converting && (word&adsSingle == 0 || word&adsOS != 0) {
			c.converting, c.started, c.period, c.result = true, c.now, c.rate(), c.convert()
		}
	default:
		c.registers[c.pointer] = word
	}
}

// settle ends the conversions that are complete by now.
func (c *ADS1115) settle() {
	passed := c.now - c.started
	if !c.converting || passed < c.period {
		return
	}
	if c.registers[adsConfig]&adsSingle != 0 {
		c.registers[adsConversion] = uint16(c.result)
		c.converting = false
		return
	}
	c.started, c.period = c.now-passed%c.period, c.rate()
	c.registers[adsConversion] = uint16(c.convert())
}

// rate returns the duration of a conversion: one period of the data rate (section 9.3.6).
func (c *ADS1115) rate() time.Duration {
	rates := [8]time.Duration{8, 16, 32, 64, 128, 250, 475, 860}
	return time.Second / rates[c.registers[adsConfig]>>adsDataRate&7]
}

// fullScale returns the full-scale voltage of the gain, one step above the highest code (table 3).
func (c *ADS1115) fullScale() physic.ElectricPotential {
	scales := [8]physic.ElectricPotential{6144, 4096, 2048, 1024, 512, 256, 256, 256}
	return scales[c.registers[adsConfig]>>adsGain&7] * physic.MilliVolt
}

// convert returns 32768 * V_in / FSR in two's complement, rounded down and limited to the range (section 9.5.4).
func (c *ADS1115) convert() int16 {
	const ground = -1
	pairs := [8][2]int{{0, 1}, {0, 3}, {1, 3}, {2, 3}, {0, ground}, {1, ground}, {2, ground}, {3, ground}}
	pair := pairs[c.registers[adsConfig]>>adsMux&7]
	v := c.voltage(pair[0])
	if pair[1] != ground {
		v -= c.voltage(pair[1])
	}
	code := math.Floor(float64(v<<15) / float64(c.fullScale())) // exact enough: both are whole and below 2^53
	return int16(min(max(int(code)+c.noise.next(), math.MinInt16), math.MaxInt16))
}

func (c *ADS1115) voltage(channel int) physic.ElectricPotential {
	return physic.ElectricPotential(math.Round(c.float.sample(channel, &c.knobs[channel]) * float64(c.VDD())))
}

// position returns the lowest position, to the nV, that converts to a code against ground.
func (c *ADS1115) position(code int) float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	code = min(max(code, 0), math.MaxInt16)
	return math.Ceil(float64(code)*float64(c.fullScale())/(1<<15)) / float64(c.VDD())
}

var _ I2CChip = &ADS1115{}
