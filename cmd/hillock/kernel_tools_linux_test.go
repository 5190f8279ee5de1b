package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"hillock/hw/kernelpi"
)

// The tools of libgpiod see the LED as any other program does. gpio-sim has no wires: a loop in the script passes the level
// of GPIO17 on to GPIO27.
func TestKernelGpiodWitnessesTheLED(t *testing.T) {
	info, monitor := kernelpi.HostCommand(t, "gpioinfo", "gpiod"), kernelpi.HostCommand(t, "gpiomon", "gpiod")
	g := boot(t, `
sim=$(echo /sys/devices/platform/gpio-sim.*/gpiochip*)
`+monitor+` --rising-edge --format="edge %o" gpiochip0 27 >/tmp/edges & monitor=$!
knob 438
start --duration 1s
was=0
while kill -0 $pid 2>/dev/null; do
  read level <$sim/sim_gpio17/value
  if [ $level != $was ]; then
    was=$level
    if [ $level = 1 ]; then echo pull-up; else echo pull-down; fi >$sim/sim_gpio27/pull
    [ -e /tmp/info ] || `+info+` gpiochip0 >/tmp/info
  fi
  usleep 1000
done
`+info+` gpiochip0 | sed -n 's/.*GPIO17"/after/p'
kill $monitor
wait $monitor
cat /tmp/info /tmp/edges
wait $pid`)
	s, edges := g.summary(), strings.Count(g.Output, "edge 27\n")
	if pulses := s.Outputs[0].Pulses; g.Status != 0 || pulses < 70 || int64(edges) != pulses {
		t.Errorf("gpiomon saw %d pulses, the summary has %d; want the same, 70 or more", edges, pulses)
	}
	for _, want := range []string{`"GPIO17" +"hillock@\d+" +output +active-high \[used\]`, `after +unused +output +active-high`} {
		if !regexp.MustCompile(want).MatchString(g.Output) {
			t.Errorf("gpioinfo shows no %s", want)
		}
	}
}

// The smallest numbers of system calls: two a bit on pins, one a picture on an SPI port. The strip gets two pictures: the first
// one, and the dark one at the end.
func TestKernelStripTakesFewSystemCalls(t *testing.T) {
	strace := kernelpi.HostCommand(t, "strace", "strace") + " -f -o /tmp/calls -e trace=ioctl"
	for _, tt := range []struct {
		name, config string
		want         map[string]int
	}{
		{"pins", `data = "GPIO23"
clock = "GPIO24"`, map[string]int{"GPIO_V2_GET_LINE_IOCTL": 1, "GPIO_V2_LINE_SET_VALUES_IOCTL": 1 + 2*592 + 1, "SPI_IOC_MESSAGE": 0}},
		{"port", `port = "SPI0.0"`, map[string]int{"GPIO_V2_GET_LINE_IOCTL": 0, "GPIO_V2_LINE_SET_VALUES_IOCTL": 0, "SPI_IOC_MESSAGE": 2, "at 4000000 Hz": 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := boot(t, `
cat >/tmp/strip.toml <<'END'
[input.i]
driver = "wave"
shape = "constant"
mean = "0 nA"
[neuron.n1]
input = "i"
[output.strip]
driver = "apa102"
neuron = "n1"
`+tt.config+`
END
`+strace+` /run/hillock run /tmp/strip.toml --hw real --duration 200ms >/tmp/out 2>/tmp/log
status=$?
sed -n 's/.*ioctl([0-9]*, \([A-Z0-9_]*\).*/call \1/p' /tmp/calls
echo "call at $(cat /sys/module/vpi/parameters/spi_speed) Hz"
( exit $status )`)
			if g.Status != 0 {
				t.Errorf("got exit status %d", g.Status)
			}
			for call, want := range tt.want {
				if got := strings.Count(g.Output, fmt.Sprintf("call %s\n", call)); got != want {
					t.Errorf("got %d of %s, want %d", got, call, want)
				}
			}
		})
	}
}
