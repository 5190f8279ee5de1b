package board

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"periph.io/x/conn/v3/driver/driverreg"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/conn/v3/pin"
	"periph.io/x/host/v3/bcm283x"
	"periph.io/x/host/v3/gpioioctl"
)

// madeChip is a chip of the kernel. Its lines have no names.
type madeChip struct {
	label string
	lines []*gpioioctl.GPIOLine
}

func (c madeChip) Label() string                      { return c.label }
func (c madeChip) LineCount() int                     { return len(c.lines) }
func (c madeChip) ByNumber(n int) *gpioioctl.GPIOLine { return c.lines[n] }

func TestPinsGoByChipAndNumber(t *testing.T) {
	t.Parallel()
	chip := func(label string, lines int) madeChip {
		c := madeChip{label: label}
		for range lines {
			c.lines = append(c.lines, &gpioioctl.GPIOLine{})
		}
		return c
	}
	expander, header := chip("raspberrypi-exp-gpio", 8), chip("pinctrl-rp1", 54)
	chips := []madeChip{expander, header}
	other := &standIn{name: "GPIO17"}
	stray := &gpioioctl.GPIOLine{}
	for _, tt := range []struct {
		name  string
		known gpio.PinIO // in periph's registry
		want  gpio.PinIO
	}{
		{"GPIO17", nil, headerPin{header.lines[17], "GPIO17"}}, // the line is PIN11
		{"GPIO4", stray, headerPin{header.lines[4], "GPIO4"}},  // a line of another chip has that name
		{"P1_7", bcm283x.GPIO4, headerPin{header.lines[4], "GPIO4"}},
		{"GPIO17", other, other},
		{"GPIO54", nil, nil},
		{"GPIO017", nil, nil},
		{"GPIO-1", nil, nil},
		{"BT_ON", stray, stray},
	} {
		if got, ok := kernelLine(tt.name, tt.known, chips); got != tt.want || ok != (tt.want != nil) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
	if got, ok := kernelLine("GPIO4", nil, []madeChip{expander}); ok {
		t.Errorf("without a chip of the header: got %v, want none", got)
	}
	p := newHostPin(headerPin{header.lines[4], "GPIO4"})
	if p.Name() != "GPIO4" || p.String() != "GPIO4" {
		t.Errorf("got %s, %s in messages, want GPIO4", p.Name(), p)
	}
}

// standIn is a pin of another driver.
type standIn struct {
	gpio.PinIO
	name string
}

func (p *standIn) Name() string   { return p.name }
func (p *standIn) String() string { return p.name }

// registers is periph's register driver: it needs the name PWM0_OUT for an alias.
type registers struct{ starts int }

func (*registers) String() string          { return "bcm283x-gpio" }
func (*registers) Prerequisites() []string { return nil }
func (*registers) After() []string         { return nil }
func (d *registers) Init() (bool, error) {
	d.starts++
	return true, gpioreg.RegisterAlias("PWM0_OUT", "PWM0")
}

// Not parallel: the registry is global.
func TestRegistersAreMappedDespiteALineNamedPWM0OUT(t *testing.T) {
	for _, name := range []string{"PWM0_OUT", "GPIO17"} {
		if err := gpioreg.Register(&standIn{name: name}); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = gpioreg.Unregister(name) }()
	}
	d := &registers{}
	_, first := d.Init()
	if first == nil {
		t.Fatal("got an alias over a pin")
	}
	retryRegisters([]driverreg.DriverFailure{{D: d, Err: first}})
	if _, err := d.Init(); err != nil || d.starts != 3 {
		t.Errorf("got %v after %d starts, want the alias registered", err, d.starts)
	}
	if gpioreg.ByName("GPIO17") == nil {
		t.Error("got GPIO17 removed from the registry")
	}
}

func TestProgramSetsPulls(t *testing.T) {
	t.Parallel()
	var ran []string
	shows := ""
	run := func(args ...string) (string, error) {
		ran = append(ran, strings.Join(args, " "))
		if shows == "" {
			return "", errors.New("exit status 1")
		}
		return shows, nil
	}
	if p, ok := ProgramPin("GPIO9", run); ok {
		t.Errorf("got %v without the program", p)
	}
	for _, tt := range []struct{ shows, want string }{
		{" 9: a0    pd | lo // GPIO9 = SPI0_MISO\n", "a0 PullDown Low"},
		{" 9: ip    pu | hi // GPIO9 = input\n", "In/High PullUp High"},
		{" 9: op dl pn | lo // GPIO9 = output\n", "Out/Low Float Low"},
		{" 9: no    pd | -- // GPIO9 = none\n", "no PullDown Low"},
		{" 9: ip    -- | lo // GPIO9 = input\n", "In/Low PullNoChange Low"},
	} {
		shows = tt.shows
		p, ok := ProgramPin("GPIO9", run)
		if !ok {
			t.Fatalf("%q: got no pin", tt.shows)
		}
		if got := fmt.Sprintf("%s %s %s", p.(pin.PinFunc).Func(), p.Pull(), p.Read()); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.shows, got, tt.want)
		}
	}
	p, _ := ProgramPin("GPIO9", run)
	ran = nil
	if err := errors.Join(p.In(gpio.PullUp, gpio.NoEdge), p.(pin.PinFunc).SetFunc("a0"), p.In(gpio.Float, gpio.NoEdge)); err != nil {
		t.Fatal(err)
	}
	if want := []string{"set 9 ip pu", "set 9 a0", "set 9 ip pn"}; !slices.Equal(ran, want) {
		t.Errorf("got %q run, want %q", ran, want)
	}
	if got := fmt.Sprint(p, " ", p.Name(), " ", p.DefaultPull()); got != "GPIO9 GPIO9 PullDown" {
		t.Errorf("got %s", got)
	}
	if _, ok := ProgramPin("GPIO17", run); ok {
		t.Error("got a pin from the answer for another")
	}
}
