package config

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// dial is a knob on an ADC with I2C. All channels have the same gain.
type dial struct {
	Bus           string
	Chip          string // of a slider: "dial" or "lever"
	Address, Gain int
	Channel       int
	Knob
}

func (d dial) Print(p *Printer) {
	p.Text("bus", d.Bus)
	if d.Chip != "" {
		p.Text("chip", d.Chip)
	}
	p.Hex("address", d.Address)
	p.Whole("gain", d.Gain)
	p.Whole("channel", d.Channel)
	p.Knob(d.Knob)
}

func (d dial) Claims() []Claim {
	var model Setting
	if d.Chip != "" {
		model = Setting{Key: "chip", Value: d.Chip, Default: `"dial"`}
	}
	return []Claim{{Key: "address", Port: d.Bus, Address: d.Address, Shared: true, Model: model,
		Chip:    []Setting{{Key: "gain", Value: d.Gain, Default: "1"}},
		Channel: Setting{Key: "channel", Value: d.Channel, Default: "0"}}}
}

// bell is an output on a pin with an address on a bus.
type bell struct {
	Pin     string
	Address int
	Early   time.Duration // before the spike
}

func (b bell) Print(p *Printer) {
	p.Text("pin", b.Pin)
	p.Hex("address", b.Address)
	if b.Early > 0 {
		p.Time("ahead", b.Early)
	}
	p.Neuron()
}

func (b bell) Ahead() time.Duration { return b.Early }

func (b bell) Claims() []Claim {
	return []Claim{{Key: "pin", Pin: b.Pin}, {Key: "address", Default: "0x20", Hint: "a bell has 0x20 to 0x27", Port: "I2C1", Address: b.Address}}
}

func decodeDial(t *Table) InputPart {
	d := dial{Bus: t.Bus("bus", "I2C1"), Address: t.Whole("address", 0x24, 0, 0x77), Gain: t.Whole("gain", 1, 1, 8), Channel: t.Whole("channel", 0, 0, 3)}
	d.Knob = t.Knob(255)
	return d
}

// decodeSlider decodes a part on the chip of a dial or a lever.
func decodeSlider(t *Table) InputPart {
	d := decodeDial(t).(dial)
	d.Chip = "dial"
	if t.Has("chip") {
		d.Chip = t.Choice("chip", "dial", "lever")
	}
	return d
}

// bells returns kinds outside of hw/part.
func bells() Kinds {
	keys := append([]Key{{"bus", Text}, {"address", Whole}, {"gain", Whole}, {"channel", Whole}}, KnobKeys()...)
	return Kinds{
		Inputs: []Kind[InputPart]{{"dial", keys, decodeDial}, {"lever", keys, decodeDial}, {"slider", append([]Key{{"chip", Text}}, keys...), decodeSlider}},
		Outputs: []Kind[Part]{{"bell", []Key{{"pin", Text}, {"address", Whole}, {"ahead", Text}, {"neuron", Text}}, func(t *Table) Part {
			return bell{t.Pin("pin", "GPIO5"), t.Whole("address", 0x20, 0x20, 0x27), t.Steps("ahead", 0, MaxAhead)}
		}}},
	}
}

const dials = `[input.a]
driver = "dial"
[input.b]
driver = "dial"
channel = 1
[neuron.n1]
input = ["a", "b"]
[output.o]
driver = "bell"
pin = "GPIO5"
neuron = "n1"
`

func TestKindsFromOutside(t *testing.T) {
	c, err := Parse("", []byte(dials), nil, bells())
	if err != nil || c.Warnings != nil {
		t.Fatal(err, c.Warnings)
	}
	a, b := c.Inputs[0].Part.(dial), c.Inputs[1].Part.(dial)
	if b.Channel = 0; a != b || a.Ends != [2]int{0, 255} {
		t.Errorf("got %+v and, but for its channel, %+v", a, b)
	}
	again, err := Parse("", c.TOML(), nil, bells())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, again); diff != "" {
		t.Errorf("printed and parsed: -want +got\n%s", diff)
	}
	if diff := cmp.Diff([]string{"I2C1"}, c.Ports()); diff != "" {
		t.Errorf("ports: -want +got\n%s", diff)
	}
}

func TestClaimsConflict(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"the same channel", "[input.c]\ndriver = \"dial\"\n",
			"12:8: input.c.channel: must be a free channel, got 0 by default: input.a uses it on 0x24 on I2C1; neurons may share one input"},
		{"another chip at the address", "[input.c]\ndriver = \"lever\"\nchannel = 2\n",
			`13:1: input.c.driver: must be the same as in input.a, got "lever": both are on one chip, 0x24 on I2C1`},
		{"another chip in its own key", "[input.c]\ndriver = \"slider\"\nchip = \"lever\"\nchannel = 2\n",
			`14:1: input.c.chip: must be "dial", the driver of input.a, got "lever": both are on one chip, 0x24 on I2C1`},
		{"another chip by default", "[input.c]\ndriver = \"slider\"\nchannel = 2\naddress = 0x25\n[input.d]\ndriver = \"lever\"\naddress = 0x25\n",
			`17:1: input.d.driver: must be "dial", the chip of input.c, got "lever": both are on one chip, 0x25 on I2C1`},
		{"two sliders on two chips", "[input.c]\ndriver = \"slider\"\nchip = \"lever\"\naddress = 0x25\n[input.d]\ndriver = \"slider\"\naddress = 0x25\nchannel = 1\n",
			`16:8: input.d.chip: must be the same as in input.c, got "dial" by default: both are on one chip, 0x25 on I2C1`},
		{"another gain", "[input.c]\ndriver = \"dial\"\nchannel = 2\ngain = 2\n",
			"15:1: input.c.gain: must be the same as in input.a, got 2: both are on one chip, 0x24 on I2C1"},
		{"an address of one part", "[output.p]\ndriver = \"bell\"\npin = \"GPIO6\"\nneuron = \"n1\"\n",
			"12:9: output.p.address: must be a free address, got 0x20 by default: output.o uses 0x20 on I2C1; a bell has 0x20 to 0x27"},
		{"an address of a chip", "[output.p]\ndriver = \"bell\"\npin = \"GPIO6\"\naddress = 0x24\nneuron = \"n1\"\n",
			"15:1: output.p.address: must be a free address, got 0x24: input.a uses 0x24 on I2C1; a bell has 0x20 to 0x27"},
		{"a pin twice", "[output.p]\ndriver = \"bell\"\npin = \"P1_29\"\naddress = 0x21\nneuron = \"n1\"\n",
			`14:1: output.p.pin: must be a free pin, got "P1_29": output.o uses GPIO5`},
		{"a pin of the bus", "[output.p]\ndriver = \"bell\"\npin = \"GPIO2\"\naddress = 0x21\nneuron = \"n1\"\n",
			`14:1: output.p.pin: must be a free pin, got "GPIO2": input.a uses GPIO2 as SDA of I2C1`},
	} {
		_, err := Parse("bad.toml", []byte(dials+tt.text), nil, bells())
		if got := strings.TrimPrefix(fmt.Sprint(err), "bad.toml:"); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestDriversShareAChip(t *testing.T) {
	if _, err := Parse("", []byte(dials+"[input.c]\ndriver = \"slider\"\nchannel = 2\n"), nil, bells()); err != nil {
		t.Errorf("got %v, want nil", err)
	}
}

// A key left out has the value of the built-in file.
func TestMinimalFileRunsAsTheBuiltInOne(t *testing.T) {
	decode := func(text string) *Config {
		d := &decoder{kinds: bells(), parts: map[string]*Table{}, named: map[string][]*Table{}}
		return d.config([]byte(text), nil) // ignores the problems of parts unknown to bells
	}
	builtIn, minimal := decode(string(DefaultTOML())), decode("[neuron.n1]\ninput = \"knob\"\n")
	if diff := cmp.Diff(builtIn.Loop, minimal.Loop); diff != "" {
		t.Errorf("loop: -built-in +minimal\n%s", diff)
	}
	if diff := cmp.Diff(builtIn.Neurons, minimal.Neurons); diff != "" {
		t.Errorf("neurons: -built-in +minimal\n%s", diff)
	}
}

// default.toml must name each key of loop, neuron and synapse. A test of hw/part has the keys of the parts.
func TestDefaultHasEachKey(t *testing.T) {
	for _, section := range []string{"loop", "net", "neuron", "synapse"} {
		for _, k := range (Kinds{}).keysOf(section) {
			found := false
			for line := range strings.Lines(string(DefaultTOML())) {
				line = strings.TrimPrefix(line, "# ") // of another model, or off by default
				found = found || strings.HasPrefix(line, k.Name+" = ") && (strings.Contains(line, " # ") || k.Types == tableKind)
			}
			if !found {
				t.Errorf("%s.%s is not in default.toml with a comment", section, k.Name)
			}
		}
	}
}

// TestPageHasEachKeyOfNet compares the table of deploy/doc/class.md with the keys, in their order.
func TestPageHasEachKeyOfNet(t *testing.T) {
	page, err := os.ReadFile("../deploy/doc/class.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n## The keys of [net]\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var got, want []string
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(section, -1) {
		got = append(got, row[1])
	}
	for _, k := range netKeys() {
		want = append(want, k.Name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
