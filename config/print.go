package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Portable is the configuration for a file in any folder: it names its own files by absolute paths.
func (c *Config) Portable() *Config {
	other := *c
	other.Inputs = slices.Clone(c.Inputs)
	for i := range other.Inputs {
		name := &other.Inputs[i].Recorded
		if *name == "" || filepath.IsAbs(*name) {
			continue
		}
		if abs, err := filepath.Abs(filepath.Join(filepath.Dir(c.File), *name)); err == nil { // else it stays what it is
			*name = abs
		}
	}
	return &other
}

// TOML is the effective configuration with all its keys. It parses to an equal Config, but for File and Warnings.
func (c *Config) TOML() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "[loop]\ndt = %q\ntick = %q\nspeed = %s\nmax_lag = %q\n",
		formatTime(c.Loop.DT), formatTime(c.Loop.Tick), formatFloat(c.Loop.Speed), formatTime(c.Loop.MaxLag))
	fmt.Fprintf(&b, "realtime = %q\nspin = %q\ncpu = %s\n", c.Loop.Realtime, formatSpin(c.Loop.Spin), formatCPU(c.Loop.CPU))
	for _, in := range c.Inputs {
		fmt.Fprintf(&b, "\n[input.%s]\ndriver = %q\n", in.Name, in.Driver)
		in.print(&b)
	}
	for _, n := range c.Neurons {
		input := strings.Join(quoted(n.Inputs), ", ")
		if len(n.Inputs) != 1 {
			input = "[" + input + "]"
		}
		fmt.Fprintf(&b, "\n[neuron.%s]\n", n.Name)
		printParams(&b, n.Params)
		fmt.Fprintf(&b, "input = %s\n", input)
	}
	for _, o := range c.Outputs {
		fmt.Fprintf(&b, "\n[output.%s]\ndriver = %q\n", o.Name, o.Driver)
		o.print(&b)
		fmt.Fprintf(&b, "neuron = %q\n", o.Neuron)
		if o.Driver == "pulse" {
			fmt.Fprintf(&b, "width = %q\nevery = %d\ninvert = %t\n", formatTime(o.Width), o.Every, o.Invert)
		}
	}
	return b.Bytes()
}

// print writes the keys of an output's driver, but for those of a pulse's shape.
func (o Output) print(w io.Writer) {
	switch o.Driver {
	case "pulse":
		fmt.Fprintf(w, "pin = %q\n", o.Pin)
	case "bar":
		fmt.Fprintf(w, "pins = [%s]\ninvert = %t\n", strings.Join(quoted(strings.Fields(o.Pins)), ", "), o.Invert)
	case "apa102":
		fmt.Fprintf(w, "data = %q\nclock = %q\nleds = %d\ncolor = \"#%02x%02x%02x\"\nbrightness = %d\n",
			o.Data, o.Clock, o.LEDs, o.Color[0], o.Color[1], o.Color[2], o.Brightness)
	case "oled":
		fmt.Fprintf(w, "bus = %q\naddress = %#x\nspan = %q\n", o.Bus, o.Address, formatTime(o.Span))
	}
}

// print writes the keys of an input's driver.
func (in Input) print(w io.Writer) {
	switch in.Driver {
	case "wave":
		io.WriteString(w, in.Wave.lines())
		return
	case "file":
		fmt.Fprintf(w, "file = %s\nrepeat = %t\n", tomlString(in.Recorded), in.Repeat)
		return
	}
	ends := fmt.Sprintf("ends = [%d, %d]\n", in.Ends[0], in.Ends[1])
	switch in.Driver {
	case "rc":
		fmt.Fprintf(w, "pin = %q\nresistance = \"%s Ohm\"\nseries = \"%s Ohm\"\ndischarge = \"%s Ohm\"\ncapacitor = \"%s uF\"\ncharges = %d\n", in.Pin,
			formatFloat(in.RC.Knob), formatFloat(in.RC.Series), formatFloat(in.RC.Discharge), formatMicro(in.RC.Capacitor), in.RC.Charges)
		ends = fmt.Sprintf("ends = [%q, %q]\n", formatTime(time.Duration(in.Ends[0])), formatTime(time.Duration(in.Ends[1])))
		if in.Ends == [2]int{} {
			ends = ""
		}
	case "ads1115":
		fmt.Fprintf(w, "bus = %q\naddress = %#x\nchannel = %d\nv_ref = \"%s V\"\n", in.Port, in.Address, in.Channel, formatFloat(in.VRef))
	default:
		fmt.Fprintf(w, "port = %q\n", in.Port)
		switch {
		case in.Minus >= 0:
			fmt.Fprintf(w, "differential = [%d, %d]\n", in.Channel, in.Minus)
		case adcOf(in.Driver).channels > 1:
			fmt.Fprintf(w, "channel = %d\n", in.Channel)
		}
		fmt.Fprintf(w, "clock = %q\nv_ref = \"%s V\"\n", formatFrequency(in.Clock), formatFloat(in.VRef))
	}
	fmt.Fprintf(w, "current = [\"%s nA\", \"%s nA\"]\nstale_after = %q\n", formatFloat(in.Low), formatFloat(in.High), formatTime(in.StaleAfter))
	if in.Driver != "rc" {
		fmt.Fprintf(w, "median = %d\n", in.Median)
	}
	fmt.Fprintf(w, "average = %d\n%s", in.Average, ends)
	if in.Driver != "rc" {
		fmt.Fprintf(w, "dead_zone = %d\n", in.DeadZone)
	}
}

// tomlString is a text as TOML has it, which takes all that JSON does.
func tomlString(s string) string {
	b, _ := json.Marshal(s) // a string: there is nothing that it could refuse
	return string(b)
}

// formatMicro is a number of millionths that reads back as v.
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
	return formatTime(d)
}

func formatCPU(n int) string {
	if n < 0 {
		return `"any"`
	}
	return strconv.Itoa(n)
}
