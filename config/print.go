package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Portable returns the configuration with absolute paths of files, for a file in any folder.
func (c *Config) Portable() *Config {
	other := *c
	other.Inputs = slices.Clone(c.Inputs)
	folder, err := filepath.Abs(filepath.Dir(c.File))
	if err != nil { // no current folder: the paths stay relative
		return &other
	}
	for i, in := range other.Inputs {
		if p, ok := in.Part.(interface{ In(folder string) InputPart }); ok {
			other.Inputs[i].Part = p.In(folder)
		}
	}
	for _, file := range []*string{&other.Net.Login, &other.Net.CA, &other.Net.Cert, &other.Net.Key} {
		if *file != "" && !filepath.IsAbs(*file) {
			*file = filepath.Join(folder, *file)
		}
	}
	return &other
}

// TOML returns the configuration with all keys. It parses to an equal Config, except for File and Warnings.
func (c *Config) TOML() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "[loop]\ndt = %q\ntick = %q\nspeed = %s\nmax_lag = %q\n",
		FormatTime(c.Loop.DT), FormatTime(c.Loop.Tick), formatFloat(c.Loop.Speed), FormatTime(c.Loop.MaxLag))
	fmt.Fprintf(&b, "realtime = %q\nspin = %q\ncpu = %s\n", c.Loop.Realtime, formatSpin(c.Loop.Spin), formatCPU(c.Loop.CPU))
	c.Net.print(&b)
	for _, in := range c.Inputs {
		if _, ok := in.Part.(Remote); ok {
			continue
		}
		fmt.Fprintf(&b, "\n[input.%s]\ndriver = %q\n", in.Name, in.Driver)
		in.Part.Print(&Printer{b: &b})
	}
	for _, n := range c.Neurons {
		n.print(&b)
	}
	for _, s := range c.Synapses {
		s.print(&b)
	}
	for _, o := range c.Outputs {
		fmt.Fprintf(&b, "\n[output.%s]\ndriver = %q\n", o.Name, o.Driver)
		o.Part.Print(&Printer{b: &b, neuron: o.Neuron})
	}
	return b.Bytes()
}

// A Printer writes the keys of a part as in a file.
type Printer struct {
	b      *bytes.Buffer
	neuron string
}

// Neuron writes the name of an output's neuron.
func (p *Printer) Neuron() { p.Text("neuron", p.neuron) }

// Text writes a text.
func (p *Printer) Text(key, s string) { p.line(key, quote(s)) }

// Texts writes a list of texts.
func (p *Printer) Texts(key string, all ...string) {
	items := make([]string, len(all))
	for i, s := range all {
		items[i] = quote(s)
	}
	p.line(key, "["+strings.Join(items, ", ")+"]")
}

// Whole writes a whole number.
func (p *Printer) Whole(key string, n int) { p.line(key, strconv.Itoa(n)) }

// Hex writes a whole number in hexadecimal.
func (p *Printer) Hex(key string, n int) { p.line(key, fmt.Sprintf("%#x", n)) }

// Wholes writes a list of whole numbers.
func (p *Printer) Wholes(key string, all ...int) {
	items := make([]string, len(all))
	for i, n := range all {
		items[i] = strconv.Itoa(n)
	}
	p.line(key, "["+strings.Join(items, ", ")+"]")
}

// Yes writes true or false.
func (p *Printer) Yes(key string, v bool) { p.line(key, strconv.FormatBool(v)) }

// Time writes a time.
func (p *Printer) Time(key string, d time.Duration) { p.Text(key, FormatTime(d)) }

// Times writes a list of times.
func (p *Printer) Times(key string, all ...time.Duration) {
	items := make([]string, len(all))
	for i, d := range all {
		items[i] = FormatTime(d)
	}
	p.Texts(key, items...)
}

// Quantity writes a value in a unit such as "nA".
func (p *Printer) Quantity(key string, v float64, unit string) { p.Text(key, formatFloat(v)+" "+unit) }

// Quantities writes a list of values in one unit.
func (p *Printer) Quantities(key, unit string, all ...float64) {
	items := make([]string, len(all))
	for i, v := range all {
		items[i] = formatFloat(v) + " " + unit
	}
	p.Texts(key, items...)
}

// Farads writes a capacitance, F.
func (p *Printer) Farads(key string, v float64) { p.Text(key, formatMicro(v)+" uF") }

// Hertz writes a frequency in whole Hz.
func (p *Printer) Hertz(key string, hz int64) { p.Text(key, FormatFrequency(hz)) }

func (p *Printer) line(key, value string) { fmt.Fprintf(p.b, "%s = %s\n", key, value) }

// quote returns a text as a TOML string. Every JSON string is one.
func quote(s string) string {
	b, _ := json.Marshal(s) // never fails for a string
	return string(b)
}

// formatMicro writes v in millionths. It parses back to the same bits.
func formatMicro(v float64) string {
	d := formatFloat(v)
	for _, s := range []string{formatFloat(v * 1e6), strconv.FormatFloat(v*1e6, 'g', 15, 64)} {
		if back, wrong := capacitance().float(s + " uF"); wrong == nil && back == v {
			return s
		}
	}
	return d + "e6"
}

func formatSpin(d time.Duration) string {
	switch d {
	case -1:
		return "auto"
	case 0:
		return "off"
	}
	return FormatTime(d)
}

func formatCPU(n int) string {
	if n < 0 {
		return `"any"`
	}
	return strconv.Itoa(n)
}
