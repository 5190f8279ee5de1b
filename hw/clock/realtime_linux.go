package clock

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	monitorSlack = 20 * time.Millisecond // of Go's monitor thread, see calm
	usualSlack   = 50 * time.Microsecond

	priority   = 80                     // of SCHED_FIFO: above the kernel's interrupt threads, which have 50
	longest    = 100 * time.Millisecond // one sleep: it cannot be interrupted, so this is how late the end can be seen
	dmaLatency = "/dev/cpu_dma_latency"
)

// realTime is the state of a clock that was entered.
type realTime struct {
	offset  time.Duration // CLOCK_MONOTONIC at the clock's zero, less what the machine was suspended since
	spin    spinner
	latency *os.File // cpu_dma_latency, held open

	ahead func() time.Duration // how far CLOCK_BOOTTIME, which goes on in a suspended machine, is ahead of CLOCK_MONOTONIC
	start time.Duration        // what it was when the clock was entered
	look  time.Duration        // when to look again
}

// Enter binds the calling goroutine to its thread for good, and takes for that thread alone what opts ask for: sleeps
// in clock_nanosleep with 1 ns of timer slack, SCHED_FIFO, the memory locked, a CPU of its own, the idle states of the
// CPUs kept shallow, and a short spin before each deadline. Leave gives back what outlives the thread. It never raises
// the other threads: Go's would starve a one-core Pi. Another goroutine may enter in the place of the first.
func (w *Wall) Enter(opts Options) (Grant, error) {
	runtime.LockOSThread() // and never unlocked: the thread ends with its goroutine, its priority with it
	var g Grant
	rt := w.rt
	if rt == nil {
		offset, err := monotonic(w)
		if err != nil {
			return g, err
		}
		makeRoom()
		rt = &realTime{offset: offset, spin: newSpinner(opts.Spin, runtime.NumCPU()), ahead: bootAhead, start: bootAhead() - time.Duration(w.suspended.Load())}
	}
	if err := unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0); err != nil {
		g.missing("1 ns of timer slack: %v", err)
	}
	if opts.Realtime != Off {
		rt.ask(&g, opts.Realtime == On || runtime.NumCPU() > 1)
	}
	if opts.CPU >= 0 {
		var set unix.CPUSet
		set.Set(opts.CPU)
		if err := unix.SchedSetaffinity(0, &set); err != nil {
			return g, errors.Join(fmt.Errorf("loop.cpu: cannot stay on CPU %d: %w: this machine has %d, the first is 0", opts.CPU, err, runtime.NumCPU()), rt.leave())
		}
		g.got("CPU %d", opts.CPU)
	}
	g.got("%s", rt.spin)
	if opts.Realtime == On && len(g.Missing) > 0 {
		return g, errors.Join(fmt.Errorf("loop.realtime: must be permitted when it is \"on\": %s", strings.Join(g.Missing, "; ")), rt.leave())
	}
	if opts.Realtime != Off {
		if err := calm(monitorSlack); err != nil {
			g.missing("a calm scheduler, which saves some 5 %% of a core: grant CAP_SYS_NICE")
		} else {
			g.got("calm scheduler")
		}
	}
	w.rt = rt
	return g, nil
}

// ask takes what needs a permission. On one CPU SCHED_FIFO is for those who insist: there a tick that does not fit
// takes the CPU from whoever could stop the program, until the kernel throttles the thread, for up to seconds.
func (rt *realTime) ask(g *Grant, fifo bool) {
	attr := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: priority}
	if !fifo {
		g.got("no SCHED_FIFO (one CPU)")
	} else if err := unix.SchedSetAttr(0, &attr, 0); err != nil {
		g.missing("SCHED_FIFO: grant LimitRTPRIO=%d or CAP_SYS_NICE", priority)
	} else {
		g.got("SCHED_FIFO %d", priority)
	}
	if err := lockMemory(); err != nil {
		g.missing("locked memory: grant LimitMEMLOCK=infinity or CAP_IPC_LOCK")
	} else {
		g.got("memory locked")
	}
	var err error
	if rt.latency == nil {
		rt.latency, err = keepAwake()
	}
	switch {
	case err == nil:
		g.got("CPUs kept awake")
	case errors.Is(err, os.ErrNotExist): // a kernel without power management, where nothing sleeps deep
	default:
		g.missing("CPUs kept awake: grant write access to %s", dmaLatency)
	}
}

// keepAwake keeps the CPUs out of the idle states that take long to leave, until its file is closed (the kernel's
// Documentation/power/pm_qos_interface.rst).
func keepAwake() (*os.File, error) {
	f, err := os.OpenFile(dmaLatency, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	if _, err := f.Write(binary.NativeEndian.AppendUint32(nil, 0)); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// lockMemory locks each page as it is first touched, so that Go's large reservations cost nothing. Under a limit it is
// not tried: past it the runtime's next allocation would fail.
func lockMemory() error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_MEMLOCK, &limit); err != nil {
		return err
	}
	if limit.Cur != unix.RLIM_INFINITY && os.Geteuid() != 0 {
		return unix.EPERM
	}
	return unix.Mlockall(unix.MCL_CURRENT | unix.MCL_FUTURE | unix.MCL_ONFAULT)
}

// calm lets the naps of Go's monitor thread take up to slack longer. The monitor (sysmon in the runtime's proc.go) takes
// the loop's place in Go's scheduler from it in each of its sleeps, and then naps for 20 us at a time to see whether it
// must do so again: at ticks of 1 ms that costs more than the loop itself. It is the first thread that a Go program
// starts, so the second of its list. What else waits for the monitor, as a goroutine that computes for long does for
// its turn to end, waits as much longer; the slack of the other threads stays: the collector's barriers sleep on them.
func calm(slack time.Duration) error {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil || len(threads) < 2 {
		return err
	}
	file := "/proc/" + threads[1].Name() + "/timerslack_ns"
	if set, err := os.ReadFile(file); err == nil && strings.TrimSpace(string(set)) == strconv.FormatInt(int64(slack), 10) {
		return nil
	}
	return os.WriteFile(file, strconv.AppendInt(nil, int64(slack), 10), 0)
}

// makeRoom lets Go run more goroutines at a time than there are CPUs. A thread that wakes from a sleep in the kernel
// needs a place among these: while it slept its own may have been given to another (retake and exitsyscall in the
// runtime's proc.go). Where all are taken it waits until a goroutine's turn ends: on one CPU for all of a picture on a
// display, on more for as long as other programs keep that goroutine's thread from running. With places to spare it is
// the kernel that decides who runs, and that knows the thread's priority. Whoever sets GOMAXPROCS in the environment has it.
func makeRoom() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(2 * runtime.NumCPU())
	}
}

// Leave gives back what Enter took for the process. Whoever entered has ended, and their threads with them.
func (w *Wall) Leave() error {
	if w.rt == nil {
		return nil
	}
	rt := w.rt
	w.rt = nil
	return rt.leave()
}

func (rt *realTime) leave() error {
	unix.Munlockall() // no error to tell: what was not locked stays so
	_ = calm(usualSlack)
	runtime.SetDefaultGOMAXPROCS()
	if rt.latency == nil {
		return nil
	}
	f := rt.latency
	rt.latency = nil
	return f.Close()
}

// monotonic is CLOCK_MONOTONIC at the clock's zero: Go's own monotonic time counts from another one.
func monotonic(w *Wall) (time.Duration, error) {
	var ts unix.Timespec
	before := w.Now()
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		return 0, fmt.Errorf("clock_gettime: %w", err)
	}
	return time.Duration(ts.Nano()) - (before+w.Now())/2, nil
}

func (rt *realTime) sleepUntil(ctx context.Context, w *Wall, t time.Duration) error {
	wake := t - rt.spin.margin
	for now := w.Now(); now < wake; now = w.Now() {
		if err := ctx.Err(); err != nil {
			return err
		}
		until := unix.NsecToTimespec(int64(rt.offset + min(wake, now+longest)))
		err := unix.ClockNanosleep(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, &until, nil)
		if err != nil && err != unix.EINTR {
			return fmt.Errorf("clock_nanosleep: %w", err)
		}
	}
	woke := w.Now()
	if woke >= rt.look {
		rt.look = woke + longest
		rt.resume(w)
	}
	for w.Now() < t { // the spin
	}
	rt.spin.learn(t, woke-wake, max(0, t-woke))
	return ctx.Err()
}

// resume moves the clock on by what the machine was suspended.
func (rt *realTime) resume(w *Wall) {
	was := time.Duration(w.suspended.Load())
	if now := rt.ahead() - rt.start; now-was > time.Millisecond { // less is what the two readings are apart
		w.suspended.Store(int64(now))
		rt.offset -= now - was
	}
}

// bootAhead is how far CLOCK_BOOTTIME is ahead of CLOCK_MONOTONIC.
func bootAhead() time.Duration {
	var boot, mono unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &boot) != nil || unix.ClockGettime(unix.CLOCK_MONOTONIC, &mono) != nil {
		return 0 // a kernel without it does not suspend
	}
	return time.Duration(boot.Nano() - mono.Nano())
}
