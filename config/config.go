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

// Config is a complete, valid configuration. Each value is finite and in its range, and each name has its table. The slices
// are sorted by name.
type Config struct {
	File     string // as given to Load; "" for the built-in file
	Loop     Loop
	Net      Net
	Inputs   []Input // with one for each neuron of another board: see Remote
	Neurons  []Neuron
	Synapses []Synapse
	Outputs  []Output
	Warnings []Problem // legal, but probably a mistake
	Kit      []Problem // of its wires: a run takes them, a wiring sheet does not; not from Parse
}

// Loop is the timing of the loop.
type Loop struct {
	DT     time.Duration // integration step
	Tick   time.Duration // period of the loop
	Speed  float64       // model time over real time, a multiple of 1e-9
	MaxLag time.Duration // with a longer lag the missed time is skipped

	Realtime string        // real-time scheduling: "auto", "on" or "off"
	Spin     time.Duration // time from waking to the deadline, spent spinning; 0: none, -1: learned
	CPU      int           // of the loop, -1 for any
}

// Input is a current, from a knob on an ADC, from a knob with a capacitor, generated or recorded, or a train of spikes.
type Input struct {
	Name   string
	Driver string // the kind of Part, for messages
	Part   InputPart
}

// Neuron is a neuron or a population of equal neurons, with the names of its inputs: their sum is its current. Its DT is that of
// the loop.
type Neuron struct {
	Name string
	neuron.Params
	Inputs []string  // none: only synapses, noise or E_L drive it
	Count  int       // number of neurons
	VStart []float64 // lowest and highest V at the start, mV, drawn from Seed; nil: V at rest
	Seed   uint64    // of v_start and of the noise
}

// Output shows one neuron.
type Output struct {
	Name   string
	Driver string // the kind of Part, for messages
	Neuron string // name of the neuron, "n1", or of one in a population, "n1.3"
	Part   Part
}

// TableOf returns the name of a neuron's table: "n1" of "n1", and of "n1.3" in its population.
func TableOf(neuron string) string {
	table, _, _ := strings.Cut(neuron, ".")
	return table
}

//go:embed default.toml
var defaultTOML string

// builtIn is the name of the built-in file in problems.
const builtIn = "built-in"

// DefaultTOML returns the text of the built-in file, with its comments.
func DefaultTOML() []byte { return []byte(defaultTOML) }

// Default returns the built-in file, parsed.
func Default(kinds Kinds) *Config {
	c, err := Parse("", DefaultTOML(), nil, kinds)
	if err != nil {
		panic(err) // a test parses the built-in file
	}
	return c
}

// maxFile is far above any configuration, and far below a disk image at a wrong path.
const maxFile = 256 << 10

// Load parses a file, or the built-in one for "", with sets as for Parse. It also checks the recorded currents of the parts, before
// the run starts. For bad content the error is Problems, else it wraps an error of the file system.
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

// openRegular opens a regular, non-empty file. It refuses any other file before opening it: a pipe or a device may block without
// end. So may a file of /proc: its kind is regular and its size 0.
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

// kind returns the kind of a file for a message.
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

// Parse parses the text of a configuration. Each set is a key and a value, such as "neuron.n1.tau_m=5 ms", and overrides the text.
// The name of the file is for messages only. Kinds are the known parts. The error is Problems.
func Parse(file string, text []byte, sets []string, kinds Kinds) (*Config, error) {
	return parse(file, text, sets, kinds, false)
}

// parse is Parse; with files it also checks the files of parts, and the wires.
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
	if file == "" {
		d.problems.blame(sets)
		d.warnings.blame(sets)
	}
	if problems := d.problems.sorted(); problems != nil {
		return nil, Problems(problems)
	}
	c.File, c.Warnings = file, d.warnings.sorted()
	if files && kinds.Kit != nil {
		c.Kit = d.kit(kinds.Kit(c), sets)
	}
	return c, nil
}

// kit returns problems of wires with their places: those of their keys, or the beginning of the file.
func (d *decoder) kit(problems []Problem, sets []string) []Problem {
	r := report{file: d.problems.file}
	for _, p := range problems {
		at := d.root.at
		dot := max(0, strings.LastIndex(p.Key, "."))
		if t := d.parts[p.Key[:dot]]; t != nil {
			at = t.locate(p.Key[dot+1:], &p)
		}
		r.add(at, p)
	}
	if d.problems.file == builtIn {
		r.blame(sets)
	}
	return r.sorted()
}

// checkFiles checks the files of parts. The folder is that of the configuration.
func (d *decoder) checkFiles(c *Config, folder string) {
	for _, in := range c.Inputs {
		if p, ok := in.Part.(interface{ CheckFile(t *Table, folder string) }); ok {
			p.CheckFile(d.of("input", in.Name), folder)
		}
	}
}

// config decodes each table, and then checks the rules between tables.
func (d *decoder) config(text []byte, sets []string) *Config {
	if !d.read(text, sets) {
		return nil
	}
	c := d.tables()
	d.check(c)
	slices.SortFunc(c.Inputs, func(a, b Input) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(c.Neurons, func(a, b Neuron) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(c.Synapses, func(a, b Synapse) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(c.Outputs, func(a, b Output) int { return strings.Compare(a.Name, b.Name) })
	return c
}

// tables decodes each table.
func (d *decoder) tables() *Config {
	c := &Config{Loop: d.loop()}
	c.Net = d.net()
	d.remoteDelay = c.Net.remoteDelay()
	for _, p := range d.named["input"] {
		c.Inputs = append(c.Inputs, d.input(p))
	}
	for _, p := range d.named["neuron"] {
		c.Neurons = append(c.Neurons, d.neuron(p, c.Loop))
	}
	d.graph = graphOf(c) // without synapses, for messages
	for _, p := range d.named["synapse"] {
		c.Synapses = append(c.Synapses, d.synapse(p))
	}
	d.remotes(c)
	for _, p := range d.named["output"] {
		c.Outputs = append(c.Outputs, d.output(p))
	}
	return c
}
