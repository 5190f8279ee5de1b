package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hillock/cmd/hillock/internal/summary"
	"hillock/hw/kernelpi"
	"hillock/neuron"
)

// The tests TestKernel... run hillock on a real kernel's GPIO and SPI: see hw/kernelpi.

// kernelPrograms is a folder with hillock and its tests, hillock.test, built once for the guest.
var kernelPrograms = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(guestPrograms, "kernel")
	const program = "hillock/cmd/hillock"
	return dir, errors.Join(kernelpi.Go("build", "-o", dir+"/hillock", program), kernelpi.Go("test", "-c", "-o", dir+"/hillock.test", program))
})

// guest is the result of a script in a guest.
type guest struct {
	*kernelpi.Result
	t *testing.T
}

// boot runs a script in a guest. In the script, 'start ARGS' runs hillock in the background as $pid: in real time, with pulses of
// 5 ms, for a minute. 'run ARGS' runs it and returns its exit status. 'mark NAME' notes the time.
func boot(t *testing.T, script string) *guest {
	t.Helper()
	kernel := kernelpi.ForTest(t)
	t.Parallel()
	programs, err := kernelPrograms()
	if err != nil {
		t.Fatal(err)
	}
	r, err := kernel.Run(t.Context(), fmt.Sprintf(`
cp /host%[1]s/hillock /run/hillock
tests=/host%[1]s/hillock.test
start() { ${hillock:-hillock} run --hw real --log-format text --duration 1m --summary /tmp/summary --set loop.speed=1 --set output.led.width="5 ms" "$@" >/tmp/out 2>/tmp/log & pid=$!; }
run() { start "$@"; wait $pid; }
mark() { echo "mark $1 $(cut -d" " -f1 /proc/uptime)"; }
%[2]s
status=$?
echo; for part in summary out log; do echo "== $part"; cat /tmp/$part 2>/dev/null; echo; done
( exit $status )`, programs, script))
	if err != nil {
		t.Fatal(err)
	}
	g := &guest{r, t}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("exit status %d, %d edges of GPIO17, the last %v; output\n%s", g.Status, len(g.Levels(17)), tail(g.Levels(17), 4), g.Output)
		}
	})
	return g
}

func tail[T any](s []T, n int) []T { return s[max(0, len(s)-n):] }

// part returns a file from the end of the output: the summary as JSON, out or log.
func (g *guest) part(name string) string {
	_, text, _ := strings.Cut(g.Output, "\n== "+name+"\n")
	text, _, _ = strings.Cut(text, "\n== ")
	return text
}

func (g *guest) summary() (s summary.Figures) {
	g.t.Helper()
	if err := json.Unmarshal([]byte(g.part("summary")), &s); err != nil {
		g.t.Fatal("no summary:", err)
	}
	return s
}

var markLine = regexp.MustCompile(`(?m)^mark (\S+) ([0-9.]+)$`)

// marks returns the noted times of the script: to 10 ms, on an emulated Pi to 1 us.
func (g *guest) marks() map[string]time.Duration {
	all := map[string]time.Duration{}
	for _, m := range markLine.FindAllStringSubmatch(g.Output, -1) {
		all[m[1]] = seconds(m[2])
	}
	return all
}

func seconds(s string) time.Duration {
	n, _ := strconv.ParseFloat(s, 64)
	return time.Duration(n * 1e9)
}

// pulses returns the times of GPIO17's rising and falling edges.
func (g *guest) pulses() (up, down []time.Duration) {
	for _, e := range g.Levels(17) {
		if e.High {
			up = append(up, e.At)
		} else {
			down = append(down, e.At)
		}
	}
	return up, down
}

// between counts the times between two others.
func between(times []time.Duration, from, to time.Duration) (n int) {
	for _, t := range times {
		if t >= from && t < to {
			n++
		}
	}
	return n
}

// wants checks for texts in the log, in this order.
func (g *guest) wants(log ...string) {
	g.t.Helper()
	rest := g.part("log")
	for _, want := range log {
		_, after, ok := strings.Cut(rest, want)
		if !ok {
			g.t.Errorf("got no %q in the rest of the log\n%s", want, rest)
			return
		}
		rest = after
	}
}

func TestKernelSeesThePredictedPulses(t *testing.T) {
	g := boot(t, `knob 438; run`)
	s := g.summary()
	p, current := neuron.Default(), 5*(438./1023)
	if g.Status != 0 || s.Ticks != 60_000 || s.SkippedMs != 0 || s.ReadErrors != 0 || s.Neurons[0].Spikes != p.SpikeCount(current, 600_000) {
		t.Errorf("got %+v, want 60000 ticks and %d spikes", s, p.SpikeCount(current, 600_000))
	}
	up, down := g.pulses()
	if int64(len(up)) != s.Neurons[0].Spikes || len(down) != len(up) {
		t.Fatalf("the kernel saw GPIO17 go up %d times and down %d times, want %d", len(up), len(down), s.Neurons[0].Spikes)
	}
	first, _ := p.StepsToThreshold(p.Rest(), current)
	each, _ := p.StepsBetweenSpikes(current)
	due := func(i int) time.Duration { return time.Duration((first+int64(i)*each+9)/10) * ms } // the tick of its step
	off := 0
	for i := range up {
		const tolerance = 200 * time.Microsecond
		at, width := up[i]-up[0]-due(i)+due(0), down[i]-up[i]-5*ms
		if at.Abs() > tolerance || width.Abs() > tolerance {
			off++
		}
	}
	if off > len(up)/100 { // a tick can be late there too
		t.Errorf("got %d of %d pulses more than 200 us from their place or their width", off, len(up))
	}
}

func TestKernelFollowsTheKnob(t *testing.T) {
	g := boot(t, `
start --duration 12s
for code in 0 438 584 730; do knob $code; mark $code; sleep 3; done
wait $pid`)
	p, marks := neuron.Default(), g.marks()
	up, _ := g.pulses()
	for _, code := range []int{0, 438, 584, 730} {
		from := marks[strconv.Itoa(code)] + 300*ms // V has reached its cycle
		want := int(p.DiscreteRate(5*(float64(code)/1023)) * 2.4)
		if got := between(up, from, from+2400*ms); got < want-1 || got > want+1 {
			t.Errorf("code %d: the kernel saw %d pulses in 2.4 s, want %d", code, got, want)
		}
	}
}

func TestKernelNamesFaultsOfTheChip(t *testing.T) {
	for _, tt := range []struct{ name, fault, good, says string }{
		{"EIO", "spi_fail 5", "spi_fail 0", "input/output error"},
		{"a hang of two seconds", "spi_delay_us 2000000", "spi_delay_us 0", "mcp3008 on SPI0.0: no answer in time: a transfer hangs or is slow"},
		{"MISO stuck high", "dout_stuck 1", "dout_stuck -1", "mcp3008 on SPI0.0: no chip answers (MISO stays high): check CE0, pin 24, MISO, pin 21, and 3V3 at VDD"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := boot(t, `
start --duration 12s --set input.knob.stale_after="1500 ms"
sleep 2.2; mark broken; fault `+tt.fault+`
sleep 4; mark mended; fault `+tt.good+`
wait $pid`)
			g.wants(tt.says, "part=knob state=holding", tt.says, "part=knob state=lost", `msg="works again" part=knob`)
			s, marks := g.summary(), g.marks()
			up, _ := g.pulses()
			if n := between(up, marks["broken"]+1600*ms, marks["mended"]); n != 0 {
				t.Errorf("the kernel saw %d pulses of a lost input, want none", n)
			}
			if n := between(up, marks["mended"]+2500*ms, marks["mended"]+4500*ms); n < 143 || n > 144 {
				t.Errorf("the kernel saw %d pulses in 2 s after the fault, want 143 or 144", n)
			}
			if s.Ticks != 12_000 || s.SkippedMs != 0 || s.ReadErrors == 0 || int64(len(up)) != s.Neurons[0].Spikes {
				t.Errorf("got %+v and %d pulses, want 12000 ticks, none skipped, and a pulse for each spike", s, len(up))
			}
		})
	}
	t.Run("MISO stuck low", func(t *testing.T) {
		g := boot(t, `start --duration 4s; sleep 1.5; fault dout_stuck 0; wait $pid`)
		g.wants(`knob_note="reads 0: the knob is at its end, or a wire is loose: turn the knob up, or end the run and run 'hillock doctor'"`)
	})
}

func TestKernelRefusesAHeldPin(t *testing.T) {
	g := boot(t, `
hillock run --hw real --plain --duration 5s --set loop.speed=1 --set input.knob.channel=1 >/dev/null 2>&1 & other=$!
sleep 1; start --duration 10s; sleep 2; echo "held by $other"; wait $other; mark free; wait $pid`)
	_, other, _ := strings.Cut(g.Output, "held by ")
	other, _, _ = strings.Cut(other, "\n")
	g.wants(fmt.Sprintf(`pulse: GPIO17: GPIOLine.Out(): line_request ioctl: device or resource busy: \"hillock@%s\" holds it: stop that program, or choose another pin" part=led state=refused`, other), `msg="works again" part=led`)
	up, _ := g.pulses()
	free := g.marks()["free"]
	if before := between(up, 0, free-20*ms); g.Status != 0 || before != 0 {
		t.Errorf("got exit status %d, %d pulses while the other held the pin, want 0 and none", g.Status, before)
	}
	if after := between(up, free+time.Second, free+4*time.Second); after < 215 || after > 217 {
		t.Errorf("got %d pulses in 3 s after that, want 216", after)
	}
}

// Two traps for periph: two nodes of one chip, as on every Pi, make gpioioctl close file descriptor 0; and the buffer size of
// spidev is unknown.
func TestKernelRunsDespiteTrapsForPeriph(t *testing.T) {
	g := boot(t, `
ln -s gpiochip0 /dev/gpiochip4
mount -t tmpfs none /sys/module/spidev/parameters
echo "a file of its own" >/tmp/stdin
hillock run --hw real --plain --duration 3s --set loop.speed=1 --set output.led.width="5 ms" --summary /tmp/summary </tmp/stdin >/tmp/out 2>/tmp/log & pid=$!
sleep 1; echo "file descriptor 0 is $(readlink /proc/$pid/fd/0)"; wait $pid`)
	if want := "file descriptor 0 is /tmp/stdin\n"; !strings.Contains(g.Output, want) {
		t.Errorf("want in the output %q: standard input over host.Init", want)
	}
	if up, _ := g.pulses(); g.Status != 0 || len(up) != 215 || g.summary().ReadErrors != 0 {
		t.Errorf("got exit status %d, %d pulses, %+v; want 215 pulses and no read error", g.Status, len(up), g.summary())
	}
}

func TestKernelRefusals(t *testing.T) {
	for _, tt := range []struct {
		name, script string
		status       int
		says         string
	}{
		{"no SPI", `rm /dev/spidev0.0; run`, 3, "has no /dev/spidev0.0: "},
		{"not in the groups", `
echo "nobody:x:65534:65534::/:/bin/sh" >/etc/passwd; echo "nobody:x:65534:" >/etc/group
su -s /run/sh nobody -c "/run/hillock run --hw real --plain --duration 1s >/tmp/out 2>/tmp/log"`, 1, "join its group with 'sudo usermod -aG gpio $USER' and log in again"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := boot(t, tt.script)
			if g.Status != tt.status {
				t.Errorf("got exit status %d, want %d", g.Status, tt.status)
			}
			g.wants("hillock: ", tt.says)
		})
	}
}

// The run takes 20 minutes of the guest's time, or HILLOCK_TEST_LONG. An hour there costs two minutes of CPU.
func TestKernelLongRun(t *testing.T) {
	long, err := time.ParseDuration(os.Getenv("HILLOCK_TEST_LONG"))
	if err != nil {
		long = 20 * time.Minute
	}
	g := boot(t, fmt.Sprintf(`
state() { echo "state $1 $(ls /proc/$pid/fd | wc -l) $(awk '/VmRSS/ { print $2 }' /proc/$pid/status)"; }
start --duration %v --set loop.tick="50 ms" --set loop.speed=0.1 --set output.led.width="50 ms"
for i in 1 2 3 4 5 6; do sleep %d; state $i; done
wait $pid; status=$?; sed -n '$p' /tmp/log >/tmp/last; mv /tmp/last /tmp/log; ( exit $status )`, long, int((long-10*time.Second).Seconds()/6)))
	s, ticks := g.summary(), int64(long/(50*ms))
	want := neuron.Default().SpikeCount(5*(409./1023), 50*ticks)
	up, down := g.pulses()
	if g.Status != 0 || s.Ticks != ticks || s.Steps != 50*ticks || s.Neurons[0].Spikes != want || int64(len(up)) != want || len(down) != len(up) {
		t.Errorf("got exit status %d, %d ticks, %d steps, %d spikes, %d pulses; want %d ticks, %d steps and %d spikes, each a pulse",
			g.Status, s.Ticks, s.Steps, s.Neurons[0].Spikes, len(up), ticks, 50*ticks, want)
	}
	var files, memory []int
	for _, m := range regexp.MustCompile(`(?m)^state \d (\d+) (\d+)$`).FindAllStringSubmatch(g.Output, -1) {
		n, _ := strconv.Atoi(m[1])
		kb, _ := strconv.Atoi(m[2])
		files, memory = append(files, n), append(memory, kb)
	}
	if len(files) != 6 || slices.Max(files) != slices.Min(files) || slices.Max(memory)-slices.Min(memory) > 2048 {
		t.Errorf("got %d open files and %d kB, want the same all the time, to 2 MB", files, memory)
	}
}

// The doctor checks wires over a real kernel's SPI and GPIO. It cannot set pulls beside the bus there.
func TestKernelDoctor(t *testing.T) {
	for _, tt := range []struct {
		name, before string
		status       int
		says         []string
	}{
		{"healthy", `echo 409,300,200,100,50,20,10,5 > $P/ch`, 0, []string{"ok    SPI0.0   an MCP3008 answers, and repeats each result bit for bit", "ok    knob     CH0 (chip pin 1) reads 409, steady within 0"}},
		{"no second wire", `back="--back led=GPIO27"`, 1, []string{"FAIL  led      GPIO27 (header pin 13) is not driven: it does not follow GPIO17 (header pin 11)"}},
		{"MISO low", `echo 0 > $P/dout_stuck`, 1, []string{"FAIL  SPI0.0   MISO stays low"}},
		{"MISO high", `echo 1 > $P/dout_stuck`, 1, []string{"FAIL  SPI0.0   MISO stays high at every request"}},
		{"transfers fail", `echo 5 > $P/spi_fail`, 1, []string{"FAIL  SPI0.0   mcp3008 on SPI0.0: sysfs-spi:", "the kernel's SPI driver fails"}},
		{"a hillock runs", `start; sleep 2`, 0, []string{"not checked: a running hillock has the parts: stop it first"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := boot(t, `P=/sys/module/vpi/parameters
`+tt.before+`
/run/hillock doctor --hw real --trial 1s --set loop.realtime=off $back >/tmp/doctor 2>&1; status=$?
cat /tmp/doctor
( exit $status )`)
			if g.Status != tt.status {
				t.Errorf("got exit status %d, want %d", g.Status, tt.status)
			}
			for _, says := range tt.says {
				if !strings.Contains(g.Output, says) {
					t.Errorf("got no %q", says)
				}
			}
		})
	}
}
