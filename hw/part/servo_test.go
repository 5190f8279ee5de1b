package part

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/sim"
)

// two servos on one chip.
const arms = `
[loop]
speed = 1
[input.knob]
driver = "mcp3008"
[neuron.n1]
input = "knob"
[output.left]
driver = "servo"
neuron = "n1"
angle = [180, 0]
pulse = ["0.5 ms", "2.5 ms"]
[output.right]
driver = "servo"
neuron = "n1"
channel = 15
rate = ["20 Hz", "0.12 kHz"]
window = "1 s"
`

func TestServoIsDecodedAndPrinted(t *testing.T) {
	t.Parallel()
	cfg := parsed(t, arms)
	left := Servo{Bus: "I2C1", Address: 0x40, Rate: [2]float64{0, 100}, Angle: [2]int{180, 0}, Pulse: [2]time.Duration{500 * time.Microsecond, 2500 * time.Microsecond},
		Window: 500 * time.Millisecond, DT: 100 * time.Microsecond, Speed: 1}
	right := Servo{Bus: "I2C1", Address: 0x40, Channel: 15, Rate: [2]float64{20, 120}, Angle: [2]int{0, 180}, Pulse: [2]time.Duration{time.Millisecond, 2 * time.Millisecond},
		Window: time.Second, DT: 100 * time.Microsecond, Speed: 1}
	for i, want := range []Servo{left, right} {
		if diff := cmp.Diff(want, cfg.Outputs[i].Part); diff != "" {
			t.Errorf("%s: -want +got\n%s", cfg.Outputs[i].Name, diff)
		}
	}
	if diff := cmp.Diff(cfg, parsed(t, string(cfg.TOML()))); diff != "" {
		t.Errorf("printed and parsed: -want +got\n%s", diff)
	}
}

func TestServoMistakesAreReported(t *testing.T) {
	t.Parallel()
	const arm = "[output.b]\ndriver = \"servo\"\nneuron = \"n1\"\n"
	const rates = `must be two rates between 0 Hz and 10 kHz, the lower one first, such as ["0 Hz", "100 Hz"]`
	const angles = "must be two different whole angles between 0 and 180, such as [0, 180]"
	const degrees = ": in degrees, without a unit; the larger one first reverses the servo"
	const pulses = `must be two times between 0.4 ms and 2.6 ms, the shorter one first, such as ["1 ms", "2 ms"]`
	const breaks = ": a longer or shorter pulse can break a servo"
	reported(t, []badCase{
		{0, arm + `rate = ["100 Hz", "0 Hz"]`, `33:1: output.b.rate: ` + rates + `, got ["100 Hz", "0 Hz"]`},
		{0, arm + `rate = [0, 100]`, `33:1: output.b.rate: ` + rates + `, got [0, 100]`},
		{0, arm + `rate = ["0 Hz"]`, `33:1: output.b.rate: ` + rates + `, got ["0 Hz"]`},
		{0, arm + `rate = "100 Hz"`, `33:1: output.b.rate: ` + rates + `, got "100 Hz"`},
		{0, arm + `angle = [0, 0]`, `33:1: output.b.angle: ` + angles + `, got [0, 0]` + degrees},
		{0, arm + `angle = [0, 181]`, `33:1: output.b.angle: ` + angles + `, got [0, 181]` + degrees},
		{0, arm + `angle = ["0", "180"]`, `33:1: output.b.angle: ` + angles + `, got ["0", "180"]` + degrees},
		{0, arm + `angle = 90`, `33:1: output.b.angle: ` + angles + `, got 90`},
		{0, arm + `pulse = ["1 ms", "20 ms"]`, `33:1: output.b.pulse: ` + pulses + `, got ["1 ms", "20 ms"]` + breaks},
		{0, arm + `pulse = ["2 ms", "1 ms"]`, `33:1: output.b.pulse: ` + pulses + `, got ["2 ms", "1 ms"]` + breaks},
		{0, arm + `pulse = "1 ms"`, `33:1: output.b.pulse: ` + pulses + `, got "1 ms"`},
		{0, arm + `channel = 16`, `33:1: output.b.channel: must be a whole number between 0 and 15, got 16`},
		{0, arm + `address = 0x70`, `33:1: output.b.address: must be a whole number between 0x40 and 0x6f, got 0x70`},
		{0, arm + `window = "1 ms"`, `33:1: output.b.window: must be between 10 ms and 1 min, got "1 ms"`},
		{0, arm + `pin = "GPIO4"`, `33:1: unknown key output.b.pin: the keys of driver servo are driver, bus, address, channel, rate, angle, pulse, window, neuron`},
		{0, arm + "[output.c]\ndriver = \"servo\"\nneuron = \"n1\"", `33:9: output.c.channel: must be a free channel, got 0 by default: output.b uses it on 0x40 on I2C1`},
		{0, arm + "address = 0x48\n[input.fine]\ndriver = \"ads1115\"", `33:1: output.b.address: must be a free address, got 0x48: input.fine uses 0x48 on I2C1; the solder bridges A0 to A5 select 0x40 to 0x6f`},
	})
}

// TestServosShareAChip runs two servos of a virtual Pi, and changes one of them.
func TestServosShareAChip(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := parsed(t, arms)
		v, err := board.NewVirtual(cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		b, err := board.Open(cfg, v)
		if err != nil {
			t.Fatal(err)
		}
		chip := v.Parts["I2C1 0x40"].(*sim.PCA9685)
		shows := func(when string, left, right time.Duration) {
			t.Helper()
			time.Sleep(100 * time.Millisecond)
			for channel, want := range map[int]time.Duration{0: left, 15: right} {
				if got := chip.Pulse(channel); (got - want).Abs() > 15*time.Microsecond {
					t.Errorf("%s: channel %d: got pulses of %v, want %v", when, channel, got, want)
				}
			}
		}
		at := time.Duration(0)
		fires := func(b *board.Board) { // at 70 Hz for 2 s
			for end := at + 2*time.Second; at < end; at += time.Millisecond {
				for _, out := range b.Outputs {
					out.Tick(at)
					if step := int64(at / (100 * time.Microsecond)); step%140 == 0 { // ticks of 10 steps
						out.Spike(step, at)
					}
				}
			}
		}
		shows("silent", 2500*time.Microsecond, time.Millisecond)
		fires(b)
		shows("at 71.4 Hz", 1071*time.Microsecond, 1514*time.Microsecond) // 51.4 and 92.6 degrees

		changed := parsed(t, arms+"angle = [90, 180]\n")
		next, err := b.Change(changed)
		if err != nil {
			t.Fatal(err)
		}
		if err := next.Succeed(b); err != nil {
			t.Fatal(err)
		}
		fires(next)
		shows("the right one from 90 degrees", 1071*time.Microsecond, 1757*time.Microsecond) // 136.3 degrees

		v.I2C(1).Unplug(0x40)
		time.Sleep(time.Second)
		const want = "servo on I2C1 at 0x40, channel 0: pca9685: sim: I2C1: tx: no chip answers at 0x40: remote I/O error: no chip answers: check SDA, pin 3, SCL, pin 5, 3V3 at VCC, and GND"
		if got := fmt.Sprint(next.Outputs["left"].Fault()); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		chip.PowerUp()
		v.I2C(1).Plug(0x40, chip)
		time.Sleep(time.Second)
		shows("plugged in again", 1071*time.Microsecond, 1757*time.Microsecond)
		if fault := next.Outputs["left"].Fault(); fault != nil {
			t.Errorf("got %v from a chip that answers again", fault)
		}
		if err := next.Close(); err != nil {
			t.Error(err)
		}
		shows("closed", 0, 0)
	})
}

// TestServoIsPutOff leaves the pulses of a killed program on, and puts them off.
func TestServoIsPutOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := parsed(t, arms)
		v, err := board.NewVirtual(cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		killed, err := cfg.Outputs[0].Part.(Servo).Open(v, board.Shown{})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
		chip := v.Parts["I2C1 0x40"].(*sim.PCA9685)
		if chip.Pulse(0) == 0 {
			t.Fatal("got no pulses, want those of a run")
		}
		defer killed.Close()
		if err := board.Off(cfg.Outputs[0], cfg, v); err != nil || chip.Pulse(0) != 0 {
			t.Errorf("got %v and pulses of %v, want none", err, chip.Pulse(0))
		}
	})
}

// notServo checks that a chip without a prescaler is no PCA9685: an INA219 in its place.
func TestServoNamesAnotherChip(t *testing.T) {
	t.Parallel()
	pi := sim.New(nil)
	pi.I2C(1).Plug(0x40, sim.NewADS1115())
	seen, means, do, err := Servo{Bus: "I2C1", Address: 0x40}.Ask(pi)
	if err != nil || seen != "the chip at 0x40 is no PCA9685" || means == "" || do == "" {
		t.Errorf("got %q, %q, %q and %v", seen, means, do, err)
	}
}

var _ config.Part = Servo{}
