package bar_test

import (
	"bytes"
	"errors"
	"fmt"
	"image/color"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"hillock/hw/bar"
	"hillock/hw/frames"
	"hillock/hw/line"
	"hillock/hw/sim"
)

// strip is a strip of APA102 LEDs on a port. It decodes its frames, with a letter for each LED's color. It can fail and
// hang.
type strip struct {
	mu    sync.Mutex
	shown []string
	fail  error
	hangs time.Duration
}

func (s *strip) String() string { return "SPI1.0" }

func (s *strip) Connect(physic.Frequency, spi.Mode, int) (spi.Conn, error) { return s, nil }

func (s *strip) Duplex() conn.Duplex { return conn.Half }

func (s *strip) TxPackets([]spi.Packet) error { return errors.New("not used") }

func (s *strip) Tx(w, _ []byte) error {
	s.mu.Lock()
	hangs, fail := s.hangs, s.fail
	s.mu.Unlock()
	time.Sleep(hangs)
	if fail != nil {
		return fail
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown = append(s.shown, decode(w))
	return nil
}

func (s *strip) set(hangs time.Duration, fail error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hangs, s.fail = hangs, fail
}

// pictures returns the pictures shown so far.
func (s *strip) pictures() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.shown)
}

// decode reads a frame: 32 zeros; per LED 111, five bits of brightness, blue, green and red; then ones, at least one
// for two LEDs.
func decode(w []byte) string {
	if len(w) < 4 || [4]byte(w) != [4]byte{} {
		return "no start frame"
	}
	var s strings.Builder
	w = w[4:]
	ends := func() bool { return len(w) <= s.Len()/16+1 && bytes.Count(w, []byte{0xff}) == len(w) }
	for ; len(w) >= 4 && !ends(); w = w[4:] {
		switch led := [4]byte(w); {
		case led[0]>>5 != 7:
			return "no LED's frame"
		case led[0]&31 == 0 || led == [4]byte{led[0]}:
			s.WriteByte('.')
		case led[1] == led[2] && led[2] == led[3]:
			s.WriteByte('W')
		case led == [4]byte{255, 0, led[2], 0}:
			s.WriteByte('g')
		default:
			fmt.Fprint(&s, led)
		}
	}
	if !ends() {
		return "no end frame"
	}
	return s.String()
}

func newStrip(t *testing.T, o bar.Opts) (*strip, *bar.Bar) {
	t.Helper()
	s := new(strip)
	b, err := bar.NewAPA102(s, bar.Strip{LEDs: 8}, o)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait() // the first picture
	return s, b
}

func TestStripShowsLevelAndSpikes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := newStrip(t, membrane)
		for now := range 150 {
			switch now {
			case 10:
				b.Level(-62)
			case 50:
				b.Spike(1, 50*ms)
				b.Level(-70)
			case 130:
				b.Level(-56)
			}
			time.Sleep(ms)
		}
		if err := b.Halt(); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"........", "gggg....", "WWWWWWWW", "........", "gggggggg", "........"}, s.pictures()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestColorAndBrightness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(strip)
		b, err := bar.NewAPA102(s, bar.Strip{LEDs: 2, Color: color.RGBA{255, 128, 1, 255}, Brightness: 100}, membrane)
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		b.Level(-60)
		time.Sleep(25 * ms)
		if err := b.Halt(); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"..", "[255 0 50 100][255 0 50 100]", ".."}, s.pictures()); diff != "" {
			t.Error(diff)
		}
	})
}

// A loop of 1 ms beside a strip with transfers of 1 s: the loop never waits, and every spike is shown.
func TestSlowStripNeverStopsTheLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := newStrip(t, membrane)
		s.set(time.Second, nil)
		const ticks = 5000
		start, spikes := time.Now(), int64(0)
		for k := range ticks {
			now := time.Duration(k) * ms
			b.Tick(now)
			if k%138 == 137 && k < 4000 {
				b.Spike(int64(10*k), now)
				spikes++
			}
			b.Level(-70 + 15*float64(k%138)/138)
			if took := time.Since(start); took != now {
				t.Fatalf("got tick %d at %v: the loop waited", k, took)
			}
			time.Sleep(ms)
		}
		s.set(0, nil)
		time.Sleep(2 * time.Second)
		if got := b.Flashes() + b.Merged(); got != spikes {
			t.Errorf("got %d spikes shown, want %d", got, spikes)
		}
		white := int64(0)
		for i, p := range s.pictures() {
			if p == "WWWWWWWW" && (i == 0 || s.pictures()[i-1] != p) {
				white++
			}
		}
		if white == 0 || white != b.Flashes() {
			t.Errorf("got %d flashes on the strip, want %d", white, b.Flashes())
		}
		if err := b.Halt(); err != nil {
			t.Error(err)
		}
	})
}

func TestSpikeIsShownAfterAFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := newStrip(t, membrane)
		time.Sleep(10 * ms)
		s.set(0, errors.New("input/output error"))
		b.Spike(1, 0)
		time.Sleep(5 * time.Second)
		if got, want := fmt.Sprint(b.Fault()), "bar: apa102 on SPI1.0: input/output error"; got != want || b.Failed() != 250 {
			t.Errorf("got %s, %d times; want %s, 250 times", got, b.Failed(), want)
		}
		s.set(0, nil)
		time.Sleep(100 * ms)
		if err := b.Halt(); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"........", "WWWWWWWW", "........", "........"}, s.pictures()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestHaltTurnsAStripOff(t *testing.T) {
	broken := errors.New("input/output error")
	for _, tt := range []struct {
		name  string
		hangs time.Duration
		fail  error
		took  time.Duration
		want  string
		last  string // last picture
	}{
		{"good", 0, nil, 0, "", "........"},
		{"slow", 400 * ms, nil, 770 * ms, "", "........"},
		{"failing", 0, broken, 0, "bar: apa102 on SPI1.0: turn it off: input/output error", "gggggggg"},
		{"hanging", time.Minute, nil, frames.Patience, "bar: a transfer hangs: the part is still on", "........"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, b := newStrip(t, membrane)
				b.Level(-55)
				time.Sleep(30 * ms)
				s.set(tt.hangs, tt.fail)
				b.Level(-65)
				time.Sleep(40 * ms)
				began, got := time.Now(), ""
				if err := b.Halt(); err != nil {
					got = err.Error()
				}
				if took := time.Since(began); got != tt.want || took != tt.took {
					t.Errorf("got %q after %v, want %q after %v", got, took, tt.want, tt.took)
				}
				<-b.Ended()
				if shown := s.pictures(); shown[len(shown)-1] != tt.last {
					t.Errorf("got %s in the end, want %s", shown[len(shown)-1], tt.last)
				}
			})
		})
	}
}

func TestNewAPA102ChecksTheOptions(t *testing.T) {
	for _, tt := range []struct {
		strip bar.Strip
		opts  bar.Opts
		want  string
	}{
		{bar.Strip{}, membrane, "bar: a strip must have from 1 to 900 LEDs, got 0"},
		{bar.Strip{LEDs: 901}, membrane, "bar: a strip must have from 1 to 900 LEDs, got 901"},
		{bar.Strip{LEDs: 8}, bar.Opts{}, "bar: low must be less than high, got 0 mV and 0 mV"},
	} {
		if b, err := bar.NewAPA102(new(strip), tt.strip, tt.opts); err == nil || err.Error() != tt.want || b != nil {
			t.Errorf("got %v, %v; want %s", b, err, tt.want)
		}
	}
}

// The transfer for the longest strip fits the buffer of a port.
func TestLongestStripFits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pi := sim.New(nil)
		port, err := pi.SPI(1, 0).Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := bar.NewAPA102(port, bar.Strip{LEDs: 900}, membrane)
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if err := b.Fault(); err != nil {
			t.Error(err)
		}
		if err := errors.Join(b.Halt(), port.Close()); err != nil {
			t.Error(err)
		}
	})
}

// clockPin records the level of data at each rising edge.
type clockPin struct {
	*sim.Pin
	data *sim.Pin
	high gpio.Level
	bits []byte
}

func (c *clockPin) Out(l gpio.Level) error {
	if l && !c.high {
		bit := byte(0)
		if c.data.Level() {
			bit = 1
		}
		c.bits = append(c.bits, bit)
	}
	c.high = l
	return c.Pin.Out(l)
}

// Bits from Wires, read back from the two pins, are those of the pictures.
func TestWiresSendThePictures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pi := sim.New(nil)
		clock := &clockPin{Pin: pi.Pin("GPIO24"), data: pi.Pin("GPIO23")}
		lines, err := line.NewGroup("bar", clock, clock.data)
		if err != nil {
			t.Fatal(err)
		}
		port := bar.Wires(lines)
		b, err := bar.NewAPA102(port, bar.Strip{LEDs: 8}, membrane)
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		b.Level(-60)
		time.Sleep(25 * ms)
		if err := errors.Join(b.Fault(), b.Halt(), port.Close()); err != nil {
			t.Error(err)
		}
		if clock.Level() || clock.data.Level() {
			t.Error("got a pin high at the end, want both low")
		}
		var got []string
		for frame := range slices.Chunk(clock.bits, 8*(4+8*4+1)) {
			var w []byte
			for bits := range slices.Chunk(frame, 8) {
				b := byte(0)
				for _, bit := range bits {
					b = b<<1 | bit
				}
				w = append(w, b)
			}
			got = append(got, decode(w))
		}
		if diff := cmp.Diff([]string{"........", "gggggg..", "........"}, got); diff != "" {
			t.Error(diff)
		}
	})
}

// joined is a line of a chip: one system call sets several lines. It counts these calls and reads the bits.
type joined struct {
	gpio.PinOut
	calls  *int
	levels gpio.GPIOValue
	bits   []gpio.GPIOValue // the data at each rising clock
}

func (j *joined) Together([]gpio.PinOut) line.Outputs { return j }

func (j *joined) Out(levels, mask gpio.GPIOValue) error {
	*j.calls++
	before := j.levels
	j.levels = before&^mask | levels&mask
	if j.levels&^before&1 != 0 {
		j.bits = append(j.bits, j.levels>>1)
	}
	return nil
}

func (j *joined) Close() error { return nil }

type joinedPin struct {
	*sim.Pin
	*joined
}

func (p joinedPin) Out(gpio.Level) error { return errors.New("the lines are to be set together") }

func (p joinedPin) Close() {}

// The smallest number with a clock line: each bit needs a falling and a rising clock.
func TestBitTakesTwoSystemCalls(t *testing.T) {
	pi, calls := sim.New(nil), 0
	chip := &joined{calls: &calls}
	lines, err := line.NewGroup("bar", joinedPin{pi.Pin("GPIO24"), chip}, joinedPin{pi.Pin("GPIO23"), chip})
	if err != nil {
		t.Fatal(err)
	}
	c, err := bar.Wires(lines).Connect(physic.MegaHertz, spi.Mode3, 8)
	if err != nil {
		t.Fatal(err)
	}
	calls = 0
	picture := make([]byte, 4*(8+1)+1) // of 8 LEDs, as periph's apa102 sends it
	picture[0] = 0b10110010
	if err := c.Tx(picture, nil); err != nil || calls != 592 {
		t.Errorf("got %v, %d system calls for %d bits; want 592", err, calls, 8*len(picture))
	}
	if diff := cmp.Diff([]gpio.GPIOValue{1, 0, 1, 1, 0, 0, 1, 0, 0}, chip.bits[:9]); diff != "" {
		t.Error(diff)
	}
}

func TestWiresReportErrors(t *testing.T) {
	pi := sim.New(nil)
	lines, err := line.NewGroup("bar", pi.Pin("GPIO24"), pi.Pin("GPIO23"))
	if err != nil {
		t.Fatal(err)
	}
	port := bar.Wires(lines)
	if _, err := port.Connect(physic.MegaHertz, spi.Mode1, 8); err == nil || err.Error() != "wires{GPIO24, GPIO23}: connect in mode 0 or 3 with 8 bits, got Mode1 with 8 bits" {
		t.Errorf("got %v", err)
	}
	c, err := port.Connect(physic.MegaHertz, spi.Mode0, 8)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Tx([]byte{1}, make([]byte, 1)); err == nil || err.Error() != "wires{GPIO24, GPIO23}: it cannot read" {
		t.Errorf("got %v", err)
	}
	pi.Pin("GPIO23").SetFault(syscall.EBUSY)
	if err := c.Tx([]byte{1}, nil); !errors.Is(err, syscall.EBUSY) {
		t.Errorf("got %v, want the busy data pin", err)
	}
	pi.Pin("GPIO23").SetFault(nil)
	if err := c.Tx([]byte{1}, nil); err != nil {
		t.Errorf("got %v with the pin free", err)
	}
}
