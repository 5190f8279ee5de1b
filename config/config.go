package config

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"hillock/neuron"
)

// Config is a whole set-up, checked: each value is finite and in its range, each name has its part. The slices are
// sorted by name.
type Config struct {
	File     string // as given to Load; "" for the built-in file
	Loop     Loop
	Inputs   []Input
	Neurons  []Neuron
	Outputs  []Output
	Warnings []Problem // legal, but probably not meant
}

// Loop is how time passes.
type Loop struct {
	DT     time.Duration // integration step
	Tick   time.Duration // from one reading of the inputs to the next
	Speed  float64       // model time over wall time, a multiple of 1e-9
	MaxLag time.Duration // lag beyond which missed time is skipped

	Realtime string        // "auto", "on" or "off": how much of real time to ask the system for
	Spin     time.Duration // how long before a deadline to wake and spin on the clock; 0: not at all, -1: learned
	CPU      int           // the CPU that the loop stays on, -1 for any
}

// MaxMedian and MaxAverage bound an input's smoothing, in readings.
const (
	MaxMedian  = 31
	MaxAverage = 1000
)

// Input is a knob, on a channel of an ADC or with a capacitor on a pin, or a current that needs no hand. What a driver does
// not have is zero.
type Input struct {
	Name       string
	Driver     string        // "mcp3008", or another of the family; "ads1115"; "rc"
	Port       string        // "SPI0.0", or the ADS1115's bus, "I2C1"
	Address    int           // on the bus
	Channel    int           // IN+ in differential mode
	Minus      int           // IN- in differential mode, -1 for single-ended
	Clock      int64         // SPI clock, Hz
	VRef       float64       // V; for the ADS1115 the voltage at the knob's upper end
	Pin        string        // of the capacitor, "GPIO4"
	RC         RC            // the parts there
	Wave       Wave          // where the current is generated
	Recorded   string        // the file of a recorded current
	Repeat     bool          // it, without end
	Low, High  float64       // nA, at positions 0 and 1 of the knob; Low may be the larger one
	StaleAfter time.Duration // how long a bad read holds the last value

	Median   int    // a reading is the median of so many latest ones, odd
	Average  int    // and then the mean of so many of these
	Ends     [2]int // the codes at positions 0 and 1, the smaller one first; for rc charge times in ns, zero from the parts
	DeadZone int    // so many codes at each end are that end
}

// RC is the parts of a knob without an ADC, in Ohm and F.
type RC struct {
	Knob, Series, Discharge float64
	Capacitor               float64
	Charges                 int // a reading is the median of so many, odd
}

// Neuron is a cell and the names of the inputs whose sum is its current; DT is that of the loop.
type Neuron struct {
	Name string
	neuron.Params
	Inputs []string
}

// Output shows one neuron: its spikes as pulses, or its membrane on a row of LEDs or a display. What a driver does not have
// is zero.
type Output struct {
	Name   string
	Driver string        // "pulse", "bar", "apa102" or "oled"
	Pin    string        // of pulses, "GPIO17"
	Neuron string        // its name
	Width  time.Duration // of one pulse, on the wall
	Every  int           // one pulse for so many spikes
	Invert bool          // active low: the pin rests high

	Pins        string        // of a bar, from the lowest level up, "GPIO5 GPIO6"
	Data, Clock string        // pins of an APA102 strip
	LEDs        int           // on it
	Color       [3]uint8      // of the level there: red, green, blue
	Brightness  int           // 1 to 255
	Bus         string        // of a display, "I2C1"
	Address     int           // on it
	Span        time.Duration // of the wall's time on a display, from left to right
}

// AllPins are the pins that an output drives.
func (o Output) AllPins() []string {
	return strings.Fields(strings.Join([]string{o.Pin, o.Pins, o.Data, o.Clock}, " "))
}

//go:embed default.toml
var defaultTOML string

// builtIn is what problems call the built-in file.
const builtIn = "built-in"

// DefaultTOML is the text of the built-in file, with its comments.
func DefaultTOML() []byte { return []byte(defaultTOML) }

// Default is the built-in file, parsed.
func Default() *Config {
	c, err := Parse("", DefaultTOML(), nil)
	if err != nil {
		panic(err) // the file is part of the program, and a test parses it
	}
	return c
}

// maxFile is far above any set-up, and low enough for a wrong path, such as a disk image, to be refused at once.
const maxFile = 256 << 10

// Load reads a file, "" being the built-in one, and puts the sets over it: see Parse. It reads the files of recorded currents
// too, so that none of them stops a run that has begun. The error is Problems where the
// content is at fault, and else wraps what the file system said.
func Load(file string, sets []string) (*Config, error) {
	if file == "" {
		return parse("", DefaultTOML(), sets, true)
	}
	f, err := openRegular(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%w: it must be a file that this user may read", err)
	}
	if len(content) > maxFile {
		return nil, Problems{{File: file, Line: 1, Column: 1, Rule: "must be a configuration of at most 256 KiB", Hint: "`hillock config init` writes one"}}
	}
	return parse(file, content, sets, true)
}

// openRegular opens a regular file that is not empty. Others it refuses before it opens them: a pipe and a device may keep their
// reader waiting for ever, and so may a file of /proc, which is regular and says that it is empty.
func openRegular(file string) (*os.File, error) {
	info, err := os.Stat(file)
	if err == nil && (!info.Mode().IsRegular() || info.Size() == 0) {
		return nil, fmt.Errorf("%s: must be a regular file that is not empty, got %s", file, kind(info))
	}
	f, err := os.Open(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: `hillock config init %s` writes one", err, file)
	case err != nil:
		return nil, fmt.Errorf("%w: it must be a file that this user may read", err)
	}
	return f, nil
}

// kind is what a file is.
func kind(info fs.FileInfo) string {
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return "an empty one"
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

// Parse reads a configuration from its text. Each of sets is a key and a value, such as "neuron.n1.tau_m=5 ms", that
// takes the place of what the text says; file is for messages only. The error is Problems: all of them.
func Parse(file string, text []byte, sets []string) (*Config, error) {
	return parse(file, text, sets, false)
}

// parse is Parse, with the files of recorded currents where they are wanted.
func parse(file string, text []byte, sets []string, recorded bool) (*Config, error) {
	shown := file
	if file == "" {
		shown = builtIn
	}
	d := &decoder{problems: report{file: shown}, warnings: report{file: shown}, parts: map[string]*part{}, named: map[string][]*part{}}
	c := d.config(text, sets)
	if recorded && c != nil {
		d.checkRecorded(c, file)
	}
	if problems := d.problems.sorted(); problems != nil {
		return nil, Problems(problems)
	}
	c.File, c.Warnings = file, d.warnings.sorted()
	return c, nil
}

// config decodes the tables one by one, and then checks what spans more than one of them.
func (d *decoder) config(text []byte, sets []string) *Config {
	if !d.read(text, sets) {
		return nil
	}
	c := &Config{Loop: d.loop()}
	for _, p := range d.named["input"] {
		c.Inputs = append(c.Inputs, d.input(p, c.Loop))
	}
	for _, p := range d.named["neuron"] {
		c.Neurons = append(c.Neurons, d.neuron(p, c.Loop))
	}
	for _, p := range d.named["output"] {
		c.Outputs = append(c.Outputs, d.output(p, c.Loop))
	}
	d.check(c)
	slices.SortFunc(c.Inputs, func(a, b Input) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(c.Neurons, func(a, b Neuron) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(c.Outputs, func(a, b Output) int { return strings.Compare(a.Name, b.Name) })
	return c
}
