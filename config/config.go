package config

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
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

// Input is a current: of a knob, on a channel of an ADC or with a capacitor on a pin, or one that needs no hand.
type Input struct {
	Name   string
	Driver string // the kind of its part, for messages
	Part   InputPart
}

// Neuron is a cell and the names of the inputs whose sum is its current; DT is that of the loop.
type Neuron struct {
	Name string
	neuron.Params
	Inputs []string
}

// Output shows one neuron.
type Output struct {
	Name   string
	Driver string // the kind of its part, for messages
	Neuron string // its name
	Part   Part
}

//go:embed default.toml
var defaultTOML string

// builtIn is what problems call the built-in file.
const builtIn = "built-in"

// DefaultTOML is the text of the built-in file, with its comments.
func DefaultTOML() []byte { return []byte(defaultTOML) }

// Default is the built-in file, parsed.
func Default(kinds Kinds) *Config {
	c, err := Parse("", DefaultTOML(), nil, kinds)
	if err != nil {
		panic(err) // the file is part of the program, and a test parses it
	}
	return c
}

// maxFile is far above any set-up, and low enough for a wrong path, such as a disk image, to be refused at once.
const maxFile = 256 << 10

// Load reads a file, "" being the built-in one, and puts the sets over it: see Parse. It reads the files of parts, recorded currents,
// too, so that none of them stops a run that has begun. The error is Problems where the
// content is at fault, and else wraps what the file system said.
func Load(file string, sets []string, kinds Kinds) (*Config, error) {
	if file == "" {
		return parse("", DefaultTOML(), sets, kinds, true)
	}
	f, err := openRegular(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Read(file, f, sets, kinds)
}

// Read is Load for a text from r, such as standard input. file is its name in messages, and recorded currents lie beside it.
func Read(file string, r io.Reader, sets []string, kinds Kinds) (*Config, error) {
	content, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%w: use a file that this user may read", err)
	}
	if len(content) > maxFile {
		return nil, Problems{{File: file, Line: 1, Column: 1, Rule: "must be at most 256 KiB", Hint: "'hillock config init' writes a new file"}}
	}
	return parse(file, content, sets, kinds, true)
}

// openRegular opens a regular file that is not empty. Others it refuses before it opens them: a pipe and a device may keep their
// reader waiting for ever, and so may a file of /proc, which is regular and says that it is empty.
func openRegular(file string) (*os.File, error) {
	info, err := os.Stat(file)
	if err == nil && (!info.Mode().IsRegular() || info.Size() == 0) {
		return nil, fmt.Errorf("%s: must be a regular, non-empty file, got %s", file, kind(info))
	}
	f, err := os.Open(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: write one with 'hillock config init %s'", err, file)
	case err != nil:
		return nil, fmt.Errorf("%w: use a file that this user may read", err)
	}
	return f, nil
}

// kind is what a file is.
func kind(info fs.FileInfo) string {
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return "an empty file"
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
// takes the place of what the text says; file is for messages only, and kinds are the parts that it can name. The error is Problems: all of them.
func Parse(file string, text []byte, sets []string, kinds Kinds) (*Config, error) {
	return parse(file, text, sets, kinds, false)
}

// parse is Parse, with the files of parts where they are wanted.
func parse(file string, text []byte, sets []string, kinds Kinds, files bool) (*Config, error) {
	shown := file
	if file == "" {
		shown = builtIn
	}
	d := &decoder{kinds: kinds, problems: report{file: shown}, warnings: report{file: shown, warnings: true}, parts: map[string]*Table{}, named: map[string][]*Table{}}
	c := d.config(text, sets)
	if files && c != nil {
		d.checkFiles(c, filepath.Dir(file))
	}
	if problems := d.problems.sorted(); problems != nil {
		return nil, Problems(problems)
	}
	c.File, c.Warnings = file, d.warnings.sorted()
	return c, nil
}

// checkFiles reads the files that parts have of their own.
func (d *decoder) checkFiles(c *Config, folder string) {
	for _, in := range c.Inputs {
		if p, ok := in.Part.(interface{ CheckFile(t *Table, folder string) }); ok {
			p.CheckFile(d.of("input", in.Name), folder)
		}
	}
}

// config decodes the tables one by one, and then checks what spans more than one of them.
func (d *decoder) config(text []byte, sets []string) *Config {
	if !d.read(text, sets) {
		return nil
	}
	c := &Config{Loop: d.loop()}
	for _, p := range d.named["input"] {
		c.Inputs = append(c.Inputs, d.input(p))
	}
	for _, p := range d.named["neuron"] {
		c.Neurons = append(c.Neurons, d.neuron(p, c.Loop))
	}
	for _, p := range d.named["output"] {
		c.Outputs = append(c.Outputs, d.output(p))
	}
	d.check(c)
	slices.SortFunc(c.Inputs, func(a, b Input) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(c.Neurons, func(a, b Neuron) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(c.Outputs, func(a, b Output) int { return strings.Compare(a.Name, b.Name) })
	return c
}
