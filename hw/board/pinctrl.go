package board

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/pin"
)

// pinctrl runs the program pinctrl of Raspberry Pi OS (package raspi-utils), and returns its output. It sets the registers
// of every Pi, also of a Pi 5, for users in the group gpio. A call takes a few ms.
func pinctrl(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "pinctrl", args...).Output()
	if err != nil {
		return "", fmt.Errorf("pinctrl %s: %w", strings.Join(args, " "), err)
	}
	return string(out), nil
}

// Program is a pin past the kernel. The program pinctrl reads and sets it, too slowly for the time of an edge.
type Program struct {
	gpio.PinIO // gpio.INVALID: it has no edges and no PWM, and is no output
	number     int
	run        func(args ...string) (string, error)
}

// ProgramPin returns the pin of a name such as GPIO17, or false if the program cannot read it. run runs the program.
func ProgramPin(name string, run func(args ...string) (string, error)) (gpio.PinIO, bool) {
	n, ok := headerNumber(name)
	if !ok {
		return nil, false
	}
	p := &Program{gpio.INVALID, n, run}
	if function, _, _ := p.get(); function == "" {
		return nil, false
	}
	return p, true
}

// get returns the function, the pull and the level, "" for unknown. The program writes " 9: a0    pd | lo // GPIO9 = SPI0_MISO"
// or "17: op dl pn | lo // GPIO17 = output".
func (p *Program) get() (function, pull, level string) {
	out, err := p.run("get", strconv.Itoa(p.number))
	if err != nil {
		return "", "", ""
	}
	head, tail, ok := strings.Cut(out, "|")
	f, l := strings.Fields(head), strings.Fields(tail)
	if !ok || len(f) < 2 || len(l) < 1 || f[0] != strconv.Itoa(p.number)+":" {
		return "", "", ""
	}
	return f[1], f[len(f)-1], l[0]
}

func (p *Program) set(options ...string) error {
	_, err := p.run(append([]string{"set", strconv.Itoa(p.number)}, options...)...)
	return err
}

// String implements conn.Resource.
func (p *Program) String() string { return p.Name() }

// Name implements pin.Pin.
func (p *Program) Name() string { return fmt.Sprintf("GPIO%d", p.number) }

// Number implements pin.Pin.
func (p *Program) Number() int { return p.number }

// Function implements pin.Pin.
func (p *Program) Function() string { return string(p.Func()) }

// none is the function of an unused pin on a Pi 5.
const none = "no"

// Func implements pin.PinFunc. A pin of a bus returns the name of its alternate function, "a0". An unused pin of a Pi 5
// returns "no".
func (p *Program) Func() pin.Func {
	function, _, level := p.get()
	switch high := level == "hi"; {
	case function == "ip" && high:
		return gpio.IN_HIGH
	case function == "ip":
		return gpio.IN_LOW
	case function == "op" && high:
		return gpio.OUT_HIGH
	case function == "op":
		return gpio.OUT_LOW
	}
	return pin.Func(function)
}

// SupportedFuncs implements pin.PinFunc.
func (p *Program) SupportedFuncs() []pin.Func {
	return []pin.Func{gpio.IN, none, "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"}
}

// SetFunc implements pin.PinFunc.
func (p *Program) SetFunc(f pin.Func) error {
	if f == gpio.IN {
		f = "ip"
	}
	return p.set(string(f))
}

// pulls are the program's words.
func pulls() map[gpio.Pull]string {
	return map[gpio.Pull]string{gpio.Float: "pn", gpio.PullDown: "pd", gpio.PullUp: "pu"}
}

// In implements gpio.PinIn.
func (p *Program) In(pull gpio.Pull, edge gpio.Edge) error {
	if edge != gpio.NoEdge {
		return errors.New("pinctrl: has no edges")
	}
	if word := pulls()[pull]; word != "" {
		return p.set("ip", word)
	}
	return p.set("ip")
}

// Read implements gpio.PinIn.
func (p *Program) Read() gpio.Level {
	_, _, level := p.get()
	return level == "hi"
}

// Pull implements gpio.PinIn. A Pi up to 3 cannot read its pulls: gpio.PullNoChange.
func (p *Program) Pull() gpio.Pull {
	_, word, _ := p.get()
	for pull, w := range pulls() {
		if w == word {
			return pull
		}
	}
	return gpio.PullNoChange
}

// DefaultPull implements gpio.PinIn. GPIO0 to GPIO8 have a pull-up at power-up, the others up to 27 a pull-down
// (BCM2835-ARM-Peripherals, table 6-31).
func (p *Program) DefaultPull() gpio.Pull {
	if p.number <= 8 {
		return gpio.PullUp
	}
	return gpio.PullDown
}
