package mcp3xxx

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/analog"
	"periph.io/x/conn/v3/conntest"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/pin"
	"periph.io/x/conn/v3/spi"
	"periph.io/x/conn/v3/spi/spitest"
)

// play returns a chip on a port that plays ops back. At the end it checks that all ops were used.
func play(t *testing.T, o *Opts, ops ...conntest.IO) *Dev {
	t.Helper()
	p := &spitest.Playback{Playback: conntest.Playback{Ops: ops, DontPanic: true}}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	d, err := NewSPI(p, o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// port is a port with errors from Connect and Tx. It records the arguments of Connect.
type port struct {
	spi.Port
	connect error
	tx      error
	got     string
}

func (p *port) String() string { return "SPI0.0" }

func (p *port) Connect(f physic.Frequency, mode spi.Mode, bits int) (spi.Conn, error) {
	p.got = fmt.Sprintf("%s, %s, %d bits", f, mode, bits)
	return &line{p: p}, p.connect
}

type line struct {
	spi.Conn
	p *port
}

func (l *line) String() string { return "SPI0.0" }

func (l *line) Tx(w, r []byte) error { return l.p.tx }

func TestNewSPIChecksTheOptions(t *testing.T) {
	refused := errors.New("refused")
	for _, tt := range []struct {
		name    string
		opts    *Opts
		connect error
		want    string // arguments of Connect
		err     string
	}{
		{name: "nil", want: "1.250MHz, Mode0, 8 bits"},
		{name: "zero", opts: &Opts{}, want: "1.250MHz, Mode0, 8 bits"},
		{name: "default", opts: &DefaultOpts, want: "1.250MHz, Mode0, 8 bits"},
		{name: "slowest", opts: &Opts{Clock: 10 * physic.KiloHertz}, want: "10kHz, Mode0, 8 bits"},
		{name: "fastest", opts: &Opts{Clock: 3600 * physic.KiloHertz}, want: "3.600MHz, Mode0, 8 bits"},
		{name: "too slow", opts: &Opts{Clock: 10*physic.KiloHertz - 1}, err: "mcp3xxx: clock must be from 10kHz to 3.600MHz, got 10kHz"},
		{name: "too fast", opts: &Opts{Clock: 4 * physic.MegaHertz}, err: "mcp3xxx: clock must be from 10kHz to 3.600MHz, got 4MHz"},
		{name: "negative clock", opts: &Opts{Clock: -physic.Hertz}, err: "mcp3xxx: clock must be from 10kHz to 3.600MHz, got -1Hz"},
		{name: "low vref", opts: &Opts{VRef: 249 * physic.MilliVolt}, err: "mcp3xxx: vref must be from 250mV to 5.500V, got 249mV"},
		{name: "high vref", opts: &Opts{VRef: 6 * physic.Volt}, err: "mcp3xxx: vref must be from 250mV to 5.500V, got 6V"},
		{name: "four channels", opts: &Opts{Model: MCP3004}, want: "1.250MHz, Mode0, 8 bits"},
		{name: "rated below 1.25 MHz at 2.7 V", opts: &Opts{Model: MCP3002}, want: "1MHz, Mode0, 8 bits"},
		{name: "rated below 1 MHz at 2.7 V", opts: &Opts{Model: MCP3201}, want: "800kHz, Mode0, 8 bits"},
		{name: "signed, too slow", opts: &Opts{Model: MCP3304, Clock: 104 * physic.KiloHertz}, err: "mcp3xxx: clock must be from 105kHz to 2.100MHz, got 104kHz"},
		{name: "vref of 13 bits", opts: &Opts{Model: MCP3301, VRef: 399 * physic.MilliVolt}, err: "mcp3xxx: vref must be from 400mV to 5.500V, got 399mV"},
		{name: "vref is the supply", opts: &Opts{Model: MCP3002, VRef: 2500 * physic.MilliVolt}, err: "mcp3xxx: vref must be from 2.700V to 5.500V, got 2.500V"},
		{name: "unknown model", opts: &Opts{Model: 99}, err: "mcp3xxx: model must be one of [MCP3001 MCP3002 MCP3004 MCP3008 MCP3201 MCP3202 MCP3204 MCP3208 MCP3301 MCP3302 MCP3304], got Model(99)"},
		{name: "connect", connect: refused, want: "1.250MHz, Mode0, 8 bits", err: "mcp3008 on SPI0.0: connect at 1.250MHz: refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &port{connect: tt.connect}
			_, err := NewSPI(p, tt.opts)
			if got := text(err); got != tt.err {
				t.Errorf("got error %q, want %q", got, tt.err)
			}
			if p.got != tt.want {
				t.Errorf("got Connect at %q, want %q", p.got, tt.want)
			}
			if tt.connect != nil && !errors.Is(err, tt.connect) {
				t.Errorf("got %v, want it to wrap %v", err, tt.connect)
			}
		})
	}
}

// The second bytes are those of tables 5-1 and 5-2, written out.
func TestCommandsAreThoseOfTheTables(t *testing.T) {
	single := []byte{0x80, 0x90, 0xa0, 0xb0, 0xc0, 0xd0, 0xe0, 0xf0}
	pairs := []struct {
		plus, minus int
		command     byte
	}{
		{0, 1, 0x00}, {1, 0, 0x10}, {2, 3, 0x20}, {3, 2, 0x30},
		{4, 5, 0x40}, {5, 4, 0x50}, {6, 7, 0x60}, {7, 6, 0x70},
	}
	for _, m := range []Model{MCP3008, MCP3004} {
		opts := &Opts{Model: m}
		for ch, command := range single[:m.Channels()] {
			d := play(t, opts, conntest.IO{W: []byte{1, command, 0}, R: []byte{0, 2, 1}})
			p, err := d.Single(ch)
			if err != nil {
				t.Fatal(err)
			}
			read(t, p, analog.Sample{Raw: 513, V: 513 * 3300 * physic.MilliVolt / 1024})
			if got, want := p.Name(), fmt.Sprintf("CH%d", ch); got != want || p.Number() != ch {
				t.Errorf("%s: got pin %q number %d, want %q number %d", m, got, p.Number(), want, ch)
			}
		}
		for _, tt := range pairs[:m.Channels()] {
			d := play(t, opts, conntest.IO{W: []byte{1, tt.command, 0}, R: []byte{0, 0, 1}})
			p, err := d.Differential(tt.plus, tt.minus)
			if err != nil {
				t.Fatal(err)
			}
			read(t, p, analog.Sample{Raw: 1, V: 3300 * physic.MilliVolt / 1024})
			if got, want := p.Name(), fmt.Sprintf("CH%d-CH%d", tt.plus, tt.minus); got != want || p.Number() != -1 {
				t.Errorf("%s: got pin %q number %d, want %q number -1", m, got, p.Number(), want)
			}
		}
	}
}

func read(t *testing.T, p *Pin, want analog.Sample) {
	t.Helper()
	got, err := p.Read()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", p, diff)
	}
}

func TestUnknownChannel(t *testing.T) {
	for _, tt := range []struct {
		model Model
		open  func(*Dev) (*Pin, error)
		want  string
	}{
		{MCP3008, func(d *Dev) (*Pin, error) { return d.Single(-1) }, "mcp3008 on playback: channel must be from 0 to 7, got -1"},
		{MCP3008, func(d *Dev) (*Pin, error) { return d.Single(8) }, "mcp3008 on playback: channel must be from 0 to 7, got 8"},
		{MCP3004, func(d *Dev) (*Pin, error) { return d.Single(4) }, "mcp3004 on playback: channel must be from 0 to 3, got 4"},
		{MCP3008, func(d *Dev) (*Pin, error) { return d.Differential(1, 2) }, "mcp3008 on playback: differential channels must be neighbours, 0 and 1 up to 6 and 7, got 1 and 2"},
		{MCP3008, func(d *Dev) (*Pin, error) { return d.Differential(8, 9) }, "mcp3008 on playback: differential channels must be neighbours, 0 and 1 up to 6 and 7, got 8 and 9"},
		{MCP3008, func(d *Dev) (*Pin, error) { return d.Differential(-1, -2) }, "mcp3008 on playback: differential channels must be neighbours, 0 and 1 up to 6 and 7, got -1 and -2"},
		{MCP3004, func(d *Dev) (*Pin, error) { return d.Differential(4, 5) }, "mcp3004 on playback: differential channels must be neighbours, 0 and 1 up to 2 and 3, got 4 and 5"},
		{MCP3001, func(d *Dev) (*Pin, error) { return d.Single(1) }, "mcp3001 on playback: channel must be 0, the only one, got 1"},
		{MCP3301, func(d *Dev) (*Pin, error) { return d.Differential(1, 0) }, "mcp3301 on playback: differential channels must be 0, IN+, and 1, IN-, got 1 and 0"},
		{MCP3202, func(d *Dev) (*Pin, error) { return d.Single(2) }, "mcp3202 on playback: channel must be from 0 to 1, got 2"},
		{MCP3202, func(d *Dev) (*Pin, error) { return d.Differential(2, 3) }, "mcp3202 on playback: differential channels must be 0 and 1, either first, got 2 and 3"},
		{MCP3004, func(d *Dev) (*Pin, error) { return d.Differential(3, 3) }, "mcp3004 on playback: differential channels must be neighbours, 0 and 1 up to 2 and 3, got 3 and 3"},
	} {
		p, err := tt.open(play(t, &Opts{Model: tt.model}))
		if got := text(err); got != tt.want || p != nil {
			t.Errorf("got %v, error %q, want none, error %q", p, got, tt.want)
		}
	}
}

func TestReadErrors(t *testing.T) {
	broken := errors.New("input/output error")
	d, err := NewSPI(&port{tx: broken}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, _ := d.Single(2)
	_, err = p.Read()
	if got, want := text(err), "mcp3008 on SPI0.0: CH2: input/output error"; got != want || !errors.Is(err, broken) {
		t.Errorf("got %q, want %q wrapping the bus's error", got, want)
	}

	d = play(t, nil, conntest.IO{W: []byte{1, 0x80, 0}, R: []byte{0xff, 0xff, 0xff}})
	p, _ = d.Single(0)
	_, err = p.Read()
	want := "mcp3008 on playback: CH0: no chip answers (MISO stays high): check the wires at DOUT and CS, and the supply at VDD"
	if got := text(err); got != want || !errors.Is(err, ErrNoChip) {
		t.Errorf("got %q, want %q wrapping ErrNoChip", got, want)
	}
}

// Every code at the smallest and the largest VREF, against the fraction of section 4.2 in floating point.
func TestVoltsAreRoundedDown(t *testing.T) {
	for _, vref := range []physic.ElectricPotential{MCP3008.minVRef(), 3300 * physic.MilliVolt, 4096 * physic.MilliVolt, maxVRef} {
		d := play(t, &Opts{VRef: vref})
		for code := range 1024 {
			got, want := d.volts(code), float64(code)/1024*float64(vref)
			if diff := want - float64(got); diff < 0 || diff >= 1 {
				t.Fatalf("vref %s, code %d: got %d nV, want %f nV rounded down", vref, code, int64(got), want)
			}
		}
	}
}

func TestPin(t *testing.T) {
	d := play(t, &Opts{VRef: 4096 * physic.MilliVolt})
	p, err := d.Single(3)
	if err != nil {
		t.Fatal(err)
	}
	lo, hi := p.Range()
	if diff := cmp.Diff([]analog.Sample{{}, {Raw: 1023, V: 4092 * physic.MilliVolt}}, []analog.Sample{lo, hi}); diff != "" {
		t.Errorf("range (-want +got):\n%s", diff)
	}
	if got, want := p.String(), "MCP3008{playback}.CH3"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := p.Function(); got != "ADC" {
		t.Errorf("got function %q, want ADC", got)
	}
	if diff := cmp.Diff([]pin.Func{analog.ADC}, p.SupportedFuncs()); diff != "" {
		t.Errorf("functions (-want +got):\n%s", diff)
	}
	if err := p.SetFunc(analog.ADC); err != nil {
		t.Error(err)
	}
	if got, want := text(p.SetFunc(analog.DAC)), `mcp3008 on playback: CH3: function must be ADC, got "DAC"`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, err := range []error{p.Halt(), d.Halt()} {
		if err != nil {
			t.Error(err)
		}
	}
}

// For the race detector: all pins share the buffers of their chip.
func TestPinsDoNotRace(t *testing.T) {
	d, err := NewSPI(&port{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for ch := range 8 {
		p, err := d.Single(ch)
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			for range 100 {
				if _, err := p.Read(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkRead(b *testing.B) {
	d, err := NewSPI(&port{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	p, err := d.Single(0)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Read(); err != nil {
			b.Fatal(err)
		}
	}
}
