package wave

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"testing"
	"time"
)

const (
	ms = time.Millisecond
	s  = time.Second
)

func TestWavesAgainstTheirFormulas(t *testing.T) {
	for _, tt := range []struct {
		wave Wave
		want map[time.Duration]float64
	}{
		{Constant(1.5), map[time.Duration]float64{-s: 1.5, 0: 1.5, s: 1.5}},
		{Step{Before: 1, After: 3, At: 10 * ms}, map[time.Duration]float64{-s: 1, 0: 1, 10*ms - 1: 1, 10 * ms: 3, s: 3}},
		{Ramp{From: 1, To: 3, At: 10 * ms, Over: 20 * ms}, map[time.Duration]float64{-s: 1, 0: 1, 10 * ms: 1, 15 * ms: 1.5, 25 * ms: 2.5, 30 * ms: 3, s: 3}},
		{Ramp{From: 3, To: -1, Over: s}, map[time.Duration]float64{0: 3, s / 4: 2, s / 2: 1, 2 * s: -1}},
		{Pairs{Low: 1, High: 2, Width: ms, Apart: 3 * ms}, map[time.Duration]float64{
			-s: 1, 0: 2, ms - 1: 2, ms: 1, 3*ms - 1: 1, 3 * ms: 2, 4*ms - 1: 2, 4 * ms: 1, s: 1}},
		{Pairs{Low: 1, High: 2, At: 10 * ms, Width: ms, Apart: 3 * ms, Every: 6 * ms}, map[time.Duration]float64{
			0: 1, 10*ms - 1: 1, 10 * ms: 2, 11 * ms: 1, 13 * ms: 2, 14 * ms: 1, 16 * ms: 2, 17 * ms: 1, 19 * ms: 2, 20 * ms: 1}},
		{Pairs{Low: 1, High: 2, Width: ms, Apart: ms, Every: 2 * ms}, map[time.Duration]float64{0: 2, ms: 2, 2 * ms: 2}}, // without a gap
		{Sine{Mean: 2, Amplitude: 1, Frequency: 5}, map[time.Duration]float64{0: 2, 50 * ms: 3, 100 * ms: 2, 150 * ms: 1, -50 * ms: 1, 200 * ms: 2}},
		{Sine{Mean: 2, Amplitude: 1, Frequency: 5, Phase: 0.25}, map[time.Duration]float64{0: 3, 50 * ms: 2, 100 * ms: 1}},
		{Sine{Mean: 2, Amplitude: 1, Phase: 0.75}, map[time.Duration]float64{0: 1, s: 1}},
		{Played{Wave: Step{After: 1, At: 10 * ms}, Start: s, Speed: 0.1}, map[time.Duration]float64{0: 0, s + 99*ms: 0, s + 100*ms: 1}},
		{Played{Wave: Ramp{To: 1, Over: s}, Speed: 10}, map[time.Duration]float64{-s: 0, 50 * ms: 0.5, 100 * ms: 1}},
		{Played{Wave: Step{Before: 1, After: 2}, Speed: 1e6}, map[time.Duration]float64{-math.MaxInt64: 1, math.MaxInt64: 2}},
	} {
		got := map[time.Duration]float64{}
		for now := range tt.want {
			got[now] = tt.wave.Current(now)
			if math.Abs(got[now]-tt.want[now]) < 1e-14 {
				got[now] = tt.want[now]
			}
		}
		if !maps.Equal(tt.want, got) {
			t.Errorf("%+v: got %v, want %v", tt.wave, got, tt.want)
		}
	}
}

func TestSineAgainstMath(t *testing.T) {
	for turns := -3.0; turns < 3; turns += 1.0 / 1024 / 7 {
		if got, want := sin(turns), math.Sin(2*math.Pi*turns); !(math.Abs(got-want) <= 3e-15) { // rounding of 2 pi turns
			t.Errorf("%g turns: got %v, want %v", turns, got, want)
		}
	}
}

func TestChirpSweeps(t *testing.T) {
	for _, c := range []Chirp{
		{Mean: 2, Amplitude: 1, From: 1, To: 20, Over: 2 * s},
		{Mean: 0, Amplitude: 0.5, From: 30, To: 0, Over: 500 * ms},
	} {
		for now := -3 * s; now < 3*s; now += 7 * ms / 3 {
			var at float64 // s in the sweep
			for at = now.Seconds(); at < 0; at += c.Over.Seconds() {
			}
			at = math.Mod(at, c.Over.Seconds())
			want := c.Mean + c.Amplitude*math.Sin(2*math.Pi*(c.From*at+(c.To-c.From)*at*at/(2*c.Over.Seconds())))
			if got := c.Current(now); math.Abs(got-want) > 1e-11 && c.Over.Seconds()-at > 1e-9 {
				t.Fatalf("%+v at %v: got %v nA, want %v", c, now, got, want)
			}
		}
	}
	// In the middle of a sweep the frequency is the mean of both.
	c, d := Chirp{Amplitude: 1, From: 10, To: 30, Over: s}, 10*time.Microsecond
	turns := func(now time.Duration) float64 { return math.Asin(c.Current(now)) / (2 * math.Pi) }
	if got := (turns(400*ms+d) - turns(400*ms-d)) / (2 * d.Seconds()); math.Abs(math.Abs(got)-18) > 1e-3 {
		t.Errorf("got %g Hz at two fifths of a sweep, want 18", got)
	}
}

func TestNewRefusesBadFields(t *testing.T) {
	nan := math.NaN()
	for _, tt := range []struct {
		err  error
		want string
	}{
		{refused(Constant(2e6)), "wave: constant: current must be between -1 mA and 1 mA, got 2e+06 nA"},
		{refused(Constant(nan)), "wave: constant: current must be between -1 mA and 1 mA, got NaN nA"},
		{refused(Step{Before: nan}), "wave: step: before must be between -1 mA and 1 mA, got NaN nA"},
		{refused(Step{After: math.Inf(-1)}), "wave: step: after must be between -1 mA and 1 mA, got -Inf nA"},
		{refused(Step{At: -1}), "wave: step: at must be between 0s and 2400h0m0s, got -1ns"},
		{refused(Ramp{From: nan, Over: s}), "wave: ramp: from must be between -1 mA and 1 mA, got NaN nA"},
		{refused(Ramp{To: nan, Over: s}), "wave: ramp: to must be between -1 mA and 1 mA, got NaN nA"},
		{refused(Ramp{At: MaxTime + 1, Over: s}), "wave: ramp: at must be between 0s and 2400h0m0s, got 2400h0m0.000000001s"},
		{refused(Ramp{}), "wave: ramp: over must be between 1ns and 2400h0m0s, got 0s"},
		{refused(Pairs{Low: nan}), "wave: pairs: low must be between -1 mA and 1 mA, got NaN nA"},
		{refused(Pairs{High: nan}), "wave: pairs: high must be between -1 mA and 1 mA, got NaN nA"},
		{refused(Pairs{At: -s}), "wave: pairs: at must be between 0s and 2400h0m0s, got -1s"},
		{refused(Pairs{}), "wave: pairs: width must be between 1ns and 2400h0m0s, got 0s"},
		{refused(Pairs{Width: 2 * ms, Apart: ms}), "wave: pairs: apart must be between 2ms and 2400h0m0s, got 1ms"},
		{refused(Pairs{Width: 2 * ms, Apart: 5 * ms, Every: 6 * ms}), "wave: pairs: every must be between 7ms and 2400h0m0s, got 6ms"},
		{refused(Pairs{Width: 2 * ms, Apart: 5 * ms, Every: -1}), "wave: pairs: every must be between 7ms and 2400h0m0s, got -1ns"},
		{refused(Sine{Mean: nan}), "wave: sine: mean must be between -1 mA and 1 mA, got NaN nA"},
		{refused(Sine{Amplitude: nan}), "wave: sine: amplitude must be between -1 mA and 1 mA, got NaN nA"},
		{refused(Sine{Frequency: -1}), "wave: sine: frequency must be between 0 Hz and 1 MHz, got -1 Hz"},
		{refused(Sine{Phase: nan}), "wave: sine: phase must be between 0 and 1, got NaN"},
		{refused(Sine{Phase: 90}), "wave: sine: phase must be between 0 and 1, got 90"},
		{refused(Chirp{Mean: nan}), "wave: chirp: mean must be between -1 mA and 1 mA, got NaN nA"},
		{refused(Chirp{Amplitude: nan}), "wave: chirp: amplitude must be between -1 mA and 1 mA, got NaN nA"},
		{refused(Chirp{From: nan}), "wave: chirp: from must be between 0 Hz and 1 MHz, got NaN Hz"},
		{refused(Chirp{To: 2e6}), "wave: chirp: to must be between 0 Hz and 1 MHz, got 2e+06 Hz"},
		{refused(Chirp{To: 1}), "wave: chirp: over must be between 1ns and 2400h0m0s, got 0s"},
		{refused(Played{Speed: 1}), "wave: played: wave must be given, got none"},
		{refused(Played{Wave: Constant(1)}), "wave: played: speed must be between 1e-9 and 1e6, got 0"},
		{refused(Played{Wave: Constant(1), Speed: nan}), "wave: played: speed must be between 1e-9 and 1e6, got NaN"},
		{noNoise(nan, 1, s), "wave: noise: mean must be between -1 mA and 1 mA, got NaN nA"},
		{noNoise(1, nan, s), "wave: noise: sd must be between -1 mA and 1 mA, got NaN nA"},
		{noNoise(1, -1, s), "wave: noise: sd must be at least 0 nA, got -1 nA"},
		{noNoise(1, 1, 0), "wave: noise: tau must be between 1ns and 2400h0m0s, got 0s"},
	} {
		if tt.err == nil || tt.err.Error() != tt.want {
			t.Errorf("got  %v\nwant %s", tt.err, tt.want)
		}
	}
}

func refused[W interface {
	Wave
	check() error
}](w W) error {
	_, err := New(w)
	return err
}

func noNoise(mean, sd float64, tau time.Duration) error {
	_, err := NewNoise(mean, sd, tau, 1)
	return err
}

// all returns one wave of each kind.
func all(t testing.TB) []Wave {
	t.Helper()
	noise, err := NewNoise(2, 0.5, 5*ms, 3)
	if err != nil {
		t.Fatal(err)
	}
	waves := []Wave{noise}
	add := func(w Wave, err error) {
		if err != nil {
			t.Fatal(err)
		}
		waves = append(waves, w)
	}
	add(wave(New(Constant(1.5))))
	add(wave(New(Step{Before: 1, After: 2, At: s})))
	add(wave(New(Ramp{From: 0.1, To: 3, At: s, Over: s})))
	add(wave(New(Pairs{Low: 1, High: 3, Width: 5 * ms, Apart: 20 * ms, Every: 100 * ms})))
	add(wave(New(Sine{Mean: 2, Amplitude: 1, Frequency: 3, Phase: 0.1})))
	add(wave(New(Chirp{Mean: 2, Amplitude: 1, From: 1, To: 20, Over: 3 * s})))
	add(wave(New(Played{Wave: Sine{Mean: 1, Amplitude: 0.3, Frequency: 7}, Start: 33 * ms, Speed: 0.3})))
	return waves
}

func wave[W Wave](w W, err error) (Wave, error) { return w, err }

// floats is a hash of float bits.
func floats(draw func() float64, n int) string {
	h, buf := sha256.New(), make([]byte, 8)
	for range n {
		binary.LittleEndian.PutUint64(buf, math.Float64bits(draw()))
		h.Write(buf)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

func TestWavesAreTheSameBitsEverywhere(t *testing.T) {
	waves := all(t)
	now := time.Duration(0)
	got := floats(func() float64 {
		now += 333333 * time.Nanosecond
		sum := 0.0
		for _, w := range waves {
			sum += w.Current(now)
		}
		return sum
	}, 100_000)
	if want := "910b32faa3274b07cf51e714eef23dddbedc195266f28ba80d7eb47562eecb8b"; got != want {
		t.Errorf("got the sum of all waves %s, want %s", got, want)
	}
}

func TestWavesDoNotAllocate(t *testing.T) {
	waves := all(t)
	now := time.Duration(0)
	if n := testing.AllocsPerRun(1000, func() {
		now += ms
		for _, w := range waves {
			w.Current(now)
		}
	}); n != 0 {
		t.Errorf("got %g allocations a tick, want 0", n)
	}
}
