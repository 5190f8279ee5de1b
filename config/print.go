package config

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// TOML is the effective configuration with all its keys. It parses to an equal Config, but for File and Warnings.
func (c *Config) TOML() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "[loop]\ndt = %q\ntick = %q\nspeed = %s\nmax_lag = %q\n",
		formatTime(c.Loop.DT), formatTime(c.Loop.Tick), formatFloat(c.Loop.Speed), formatTime(c.Loop.MaxLag))
	fmt.Fprintf(&b, "realtime = %q\nspin = %q\ncpu = %s\n", c.Loop.Realtime, formatSpin(c.Loop.Spin), formatCPU(c.Loop.CPU))
	for _, in := range c.Inputs {
		fmt.Fprintf(&b, "\n[input.%s]\ndriver = %q\nport = %q\n", in.Name, in.Driver, in.Port)
		switch {
		case in.Minus >= 0:
			fmt.Fprintf(&b, "differential = [%d, %d]\n", in.Channel, in.Minus)
		case adcOf(in.Driver).channels > 1:
			fmt.Fprintf(&b, "channel = %d\n", in.Channel)
		}
		fmt.Fprintf(&b, "clock = %q\nv_ref = \"%s V\"\ncurrent = [\"%s nA\", \"%s nA\"]\nstale_after = %q\nmedian = %d\naverage = %d\nends = [%d, %d]\ndead_zone = %d\n",
			formatFrequency(in.Clock), formatFloat(in.VRef), formatFloat(in.Low), formatFloat(in.High), formatTime(in.StaleAfter),
			in.Median, in.Average, in.Ends[0], in.Ends[1], in.DeadZone)
	}
	for _, n := range c.Neurons {
		input := strings.Join(quoted(n.Inputs), ", ")
		if len(n.Inputs) != 1 {
			input = "[" + input + "]"
		}
		fmt.Fprintf(&b, "\n[neuron.%s]\ntau_m = \"%s ms\"\ne_l = \"%s mV\"\nv_t = \"%s mV\"\nv_reset = \"%s mV\"\nr_m = \"%s MOhm\"\nt_ref = \"%s ms\"\nsigma = \"%s mV\"\nseed = %d\ninput = %s\n",
			n.Name, formatFloat(n.TauM), formatFloat(n.EL), formatFloat(n.VT), formatFloat(n.VReset), formatFloat(n.RM),
			formatFloat(n.TRef), formatFloat(n.Sigma), n.Seed, input)
	}
	for _, o := range c.Outputs {
		fmt.Fprintf(&b, "\n[output.%s]\ndriver = %q\npin = %q\nneuron = %q\nwidth = %q\nevery = %d\ninvert = %t\n", o.Name, o.Driver, o.Pin, o.Neuron, formatTime(o.Width), o.Every, o.Invert)
	}
	return b.Bytes()
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
