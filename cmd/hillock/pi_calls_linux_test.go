package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hillock/cmd/hillock/internal/summary"
	"hillock/hw/qemupi"
)

// callsOfATick are the most system calls of a tick, on average. Among the readings of the clock are three of the loop and two a
// spike; the rest belongs to Go's scheduler.
type callsOfATick map[string]float64

// check compares counts with the limits, with an allowance for the start of the program.
func (most callsOfATick) check(t *testing.T, counts map[string]int, ticks int64) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(most)) {
		got := float64(counts[name]-100) / float64(ticks)
		t.Logf("%s: %.2f a tick", name, got)
		if got > most[name] {
			t.Errorf("got %.2f of %s a tick in %d ticks, want at most %.2f", got, name, ticks, most[name])
		}
	}
}

// TestSystemCallsOfATick counts the system calls of the program for ARMv6 on a virtual Pi, as qemu-arm lists them. Such a
// machine has no clock without system calls.
func TestSystemCallsOfATick(t *testing.T) {
	if os.Getenv(through) != "" {
		t.Skip("SKIPPED: system calls of a tick: the tests run under qemu, and so would qemu")
	}
	qemu, err := exec.LookPath("qemu-arm-static")
	if err != nil {
		if qemu, err = exec.LookPath("qemu-arm"); err != nil {
			t.Skip("SKIPPED: system calls of a tick: needs qemu-arm-static (Debian's qemu-user-static)")
		}
	}
	t.Parallel()
	programs, err := piPrograms()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	calls, end := filepath.Join(dir, "calls"), filepath.Join(dir, "summary")
	cmd := exec.CommandContext(t.Context(), qemu, "-D", calls, "-strace", filepath.Join(programs, "arm", "hillock"), "run", "--hw", "sim",
		"--log-format", "text", "--duration", "2s", "--summary", end, "--set", "loop.speed=1", "--set", "loop.realtime=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	listed, err := os.ReadFile(calls)
	if err != nil {
		t.Fatal(err)
	}
	var s summary.Figures
	text, err := os.ReadFile(end)
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	if err != nil || s.Ticks < 100 {
		t.Fatalf("got %d ticks, %v", s.Ticks, err)
	}
	counts := map[string]int{}
	for _, name := range []string{"clock_gettime", "clock_nanosleep", "nanosleep", "epoll_pwait", "tgkill"} {
		counts[name] = strings.Count(string(listed), fmt.Sprintf("%d %s(", cmd.Process.Pid, name))
	}
	// The scheduler reads the clock twice at each wake-up of its monitor (nanosleep), and some times at each timer
	// (epoll_pwait). Their number depends on the load of this machine. A signal (tgkill) repeats a sleep.
	counts["clock_gettime"] -= 2*int(s.Neurons[0].Spikes) + 2*counts["nanosleep"] + 8*counts["epoll_pwait"] + counts["tgkill"]
	counts["clock_nanosleep"] -= counts["tgkill"]
	// The loop reads the clock three times. On a loaded machine the scheduler adds up to 0.8; one more reading would be above 4.25.
	callsOfATick{"clock_gettime": 4.25, "clock_nanosleep": 1, "nanosleep": 0.75}.check(t, counts, s.Ticks)
}

// traced lists the numbers of a run's system calls.
const traced = `
calls=/sys/kernel/tracing/events/raw_syscalls/sys_enter
echo 'hist:keys=id.syscall:size=256 if comm == "hillock"' >$calls/trigger
%s; status=$?
cat $calls/hist
echo '!hist:keys=id.syscall' >$calls/trigger
( exit $status )`

var tracedCall = regexp.MustCompile(`id: (?:sys_)?(\w+?)(?:_time32|32)? *\[ *\d+\] \} hitcount: *(\d+)`)

func piCalls(name, run string, most callsOfATick, wants ...string) piPart {
	return piPart{name, fmt.Sprintf(traced, run), func(t *testing.T, g *guest) {
		counts := map[string]int{}
		for _, m := range tracedCall.FindAllStringSubmatch(g.Output, -1) {
			n, _ := strconv.Atoi(m[2])
			counts[m[1]] += n
		}
		s := g.summary()
		if g.Status != 0 || s.Ticks != 2000 || counts["ioctl"] < 2000 {
			t.Errorf("got exit status %d, %d ticks and %d of ioctl, want 2000 ticks and one read each", g.Status, s.Ticks, counts["ioctl"])
		}
		most.check(t, counts, s.Ticks)
		g.wants(wants...)
	}}
}

// piMonitor reads the timer slack of Go's monitor thread in the loop. The thread is the second one. As text, the ids of later threads
// come before the first one's.
func piMonitor() piPart {
	return piPart{"monitor", `echo 997 >/proc/sys/kernel/ns_last_pid
hillock run --hw real --log-format text --duration 2s --summary /tmp/summary >/tmp/out 2>/tmp/log & pid=$!
sleep 1; second=$(ls /proc/$pid/task | sort -n | sed -n 2p)
echo "first thread $pid, slack of the second $(cat /proc/$second/timerslack_ns)"; wait $pid`, func(t *testing.T, g *guest) {
		if want := "first thread 998, slack of the second 20000000\n"; g.Status != 0 || !strings.Contains(g.Output, want) {
			t.Errorf("got exit status %d and no %q", g.Status, want)
		}
	}}
}

// piRisk insists on SCHED_FIFO on the one CPU of a Pi with ARMv6.
func piRisk() piPart {
	return piPart{"risk", `hillock run --hw real --log-format text --duration 1500ms --set loop.realtime=on >/tmp/out 2>/tmp/log`, func(_ *testing.T, g *guest) {
		g.wants(`level=WARN msg="SCHED_FIFO on one CPU with ARMv6: the loop can stand still for up to 1 s, at a spinlock of Go's 64-bit atomics: `+
			`realtime = \"auto\" avoids it"`, `got="SCHED_FIFO 80, memory locked, no spin (one CPU), calm scheduler"`)
	}}
}

// TestPiSystemCallsOfATick counts the system calls of runs as the kernel does, for a user and for root. The ioctls are the read of
// the chip, and two levels of the pin a spike.
func TestPiSystemCallsOfATick(t *testing.T) {
	t.Parallel()
	const user, root = `knob 438; run --duration 2s`,
		`knob 438; hillock run --hw real --log-format text --duration 2s --summary /tmp/summary --set loop.speed=1 >/tmp/out 2>/tmp/log`
	most := func(readings, futex float64) callsOfATick {
		return callsOfATick{"clock_gettime": readings, "clock_nanosleep": 1.1, "ioctl": 1.2, "futex": futex, "nanosleep": 0.5, "sched_yield": 0.1}
	}
	for _, tt := range []struct {
		board      string
		user, root callsOfATick
		got        [2]string
	}{
		{"3b", most(0.1, 0.8), most(0.1, 0.3), [2]string{"calm scheduler", "SCHED_FIFO 80, memory locked, CPUs kept awake, spin up to 4 us, calm scheduler"}},
		{"zero", most(4.6, 0.5), most(4.6, 0.5), [2]string{"no SCHED_FIFO (one CPU), no spin (one CPU), calm scheduler", "no SCHED_FIFO (one CPU), memory locked, no spin (one CPU), calm scheduler"}},
	} {
		t.Run(tt.board, func(t *testing.T) {
			b := qemupi.Boards()[slices.IndexFunc(qemupi.Boards(), func(b qemupi.Board) bool { return b.Name == tt.board })]
			parts := []piPart{piCalls("user", user, tt.user, tt.got[0]), piCalls("root", root, tt.root, tt.got[1])}
			switch tt.board {
			case "3b": // with SCHED_FIFO
				parts = append(parts, piMonitor())
			case "zero":
				parts = append(parts, piRisk())
			}
			bootParts(t, qemupi.Guest{Board: b, Tree: qemupi.RaspberryPiOS}, parts)
		})
	}
}
