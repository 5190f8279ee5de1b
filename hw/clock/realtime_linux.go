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
	monitorSlack = 20 * time.Millisecond // for Go's monitor thread, see calm
	usualSlack   = 50 * time.Microsecond

	priority   = 80                     // of SCHED_FIFO; the kernel's interrupt threads have 50
	longest    = 100 * time.Millisecond // of one sleep, and so the delay of a cancelled context
	dmaLatency = "/dev/cpu_dma_latency"
)

// realTime is the state between Enter and Leave.
type realTime struct {
	offset  time.Duration // CLOCK_MONOTONIC at the clock's zero, minus the time of suspension
	spin    spinner
	latency *os.File // cpu_dma_latency, kept open

	ahead func() time.Duration // CLOCK_BOOTTIME, which includes suspension, minus CLOCK_MONOTONIC
	start time.Duration        // value of ahead at Enter
	next  time.Duration        // time of the next check for a suspension
}

// Enter binds the calling goroutine to its thread for good, and makes the requests in opts for that thread alone. They
// are: sleeps in clock_nanosleep with 1 ns of timer slack, SCHED_FIFO, locked memory, a fixed CPU, shallow idle states
// of the CPUs, and a short spin before each deadline. Leave returns what outlives the thread. Enter never raises the
// other threads: Go's threads would starve a Pi with one core. Another goroutine may enter after the first one.
func (w *Real) Enter(opts Options) (Grant, error) {
	runtime.LockOSThread() // never unlocked: the thread and its priority end with the goroutine
	g := Grant{Remedy: opts.Remedy}
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
		g.lacks("1 ns of timer slack", err, "permit prctl in SystemCallFilter=")
	}
	if opts.Realtime != Off {
		rt.ask(&g, opts.Realtime == On || runtime.NumCPU() > 1)
	}
	if opts.CPU >= 0 {
		var set unix.CPUSet
		set.Set(opts.CPU)
		if err := unix.SchedSetaffinity(0, &set); err != nil {
			return g, errors.Join(fmt.Errorf("loop.cpu: cannot use CPU %d: %w: this machine has %d CPUs, numbered from 0", opts.CPU, err, runtime.NumCPU()), rt.leave())
		}
		g.got("CPU %d", opts.CPU)
	}
	g.got("%s", rt.spin)
	if opts.Realtime == On && len(g.Missing) > 0 {
		return g, errors.Join(fmt.Errorf("loop.realtime: must be permitted when it is \"on\": %s", g.Lacks()), rt.leave())
	}
	if opts.Realtime != Off {
		switch err := calm(monitorSlack); {
		case err == nil:
			g.got("calm scheduler")
		case opts.Remedy == "":
			g.lacks("calm scheduler (saves some 5 % of a core)", err, "set AmbientCapabilities=CAP_SYS_NICE")
		default: // no limit of a login grants it
			g.got("no calm scheduler (needs CAP_SYS_NICE)")
		}
	}
	w.rt = rt
	return g, nil
}

// ask makes the requests with a permission. On one CPU, SCHED_FIFO needs Realtime = On: a tick that is too long takes
// the CPU from every program that could stop it, for up to seconds, until the kernel throttles the thread.
func (rt *realTime) ask(g *Grant, fifo bool) {
	attr := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: priority}
	if !fifo {
		g.got("no SCHED_FIFO (one CPU)")
	} else if err := unix.SchedSetAttr(0, &attr, 0); err != nil {
		g.lacks(fmt.Sprintf("SCHED_FIFO %d", priority), err, fmt.Sprintf("set LimitRTPRIO=%d", priority))
	} else {
		g.got("SCHED_FIFO %d", priority)
	}
	if err := lockMemory(); err != nil {
		g.lacks("locked memory", err, "set LimitMEMLOCK=infinity")
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
	case errors.Is(err, os.ErrNotExist): // a kernel without power management has no deep idle states
	default:
		g.lacks("CPUs kept awake", err, "set DeviceAllow="+dmaLatency+" w, and a group with write access")
	}
}

// keepAwake keeps the CPUs out of idle states with a long exit latency until the file is closed (the kernel's
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

// lockMemory locks each page at its first use, so that Go's large reservations cost nothing. It does not try under a
// limit: beyond the limit, the runtime's next allocation would fail.
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

// calm sets the timer slack of Go's monitor thread (sysmon in the runtime's proc.go). During each sleep of the loop,
// the monitor takes the loop's place in Go's scheduler, and then naps for 20 us at a time to see if it must do so
// again. At ticks of 1 ms that costs more than the loop itself. With slack, the naps are longer. Other work of the
// monitor is later by the same time, for example the end of a long goroutine's turn. The slack of the other threads
// stays: the collector's barriers sleep on them. The monitor is the first thread that a Go program starts, so the
// second in the list.
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

// makeRoom raises GOMAXPROCS above the number of CPUs, unless the environment sets it. A thread that wakes from a sleep
// in the kernel needs a place among the running goroutines: its own may be taken (retake and exitsyscall in the
// runtime's proc.go). With all places taken, it waits for the end of a goroutine's turn. On one CPU that can be a whole
// picture on a display. On more CPUs it lasts as long as other programs keep that goroutine's thread from running. With
// places to spare, the kernel decides, and it knows the priority of the thread.
func makeRoom() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(2 * runtime.NumCPU())
	}
}

// Leave returns what Enter took for the process. Call it after the goroutines of Enter have ended, and their threads
// with them.
func (w *Real) Leave() error {
	if w.rt == nil {
		return nil
	}
	rt := w.rt
	w.rt = nil
	return rt.leave()
}

func (rt *realTime) leave() error {
	unix.Munlockall() // without locked memory it does nothing
	_ = calm(usualSlack)
	runtime.SetDefaultGOMAXPROCS()
	if rt.latency == nil {
		return nil
	}
	f := rt.latency
	rt.latency = nil
	return f.Close()
}

// monotonic returns CLOCK_MONOTONIC at the clock's zero. Go's own monotonic time has another zero.
func monotonic(w *Real) (time.Duration, error) {
	var ts unix.Timespec
	before := w.Now()
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		return 0, fmt.Errorf("clock_gettime: %w", err)
	}
	return time.Duration(ts.Nano()) - (before+w.Now())/2, nil
}

// sleepUntil reads the clock once if the kernel wakes the thread in time.
func (rt *realTime) sleepUntil(ctx context.Context, w *Real, now, t time.Duration) (time.Duration, error) {
	wake := t - rt.spin.margin
	for now < wake {
		if err := ctx.Err(); err != nil {
			return now, err
		}
		until := unix.NsecToTimespec(int64(rt.offset + min(wake, now+longest)))
		err := unix.ClockNanosleep(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, &until, nil)
		if err != nil && err != unix.EINTR {
			return now, fmt.Errorf("clock_nanosleep: %w", err)
		}
		now = w.Now()
	}
	woke := now
	if woke >= rt.next {
		rt.next = woke + longest
		now += rt.resume(w)
	}
	for now < t { // the spin
		now = w.Now()
	}
	rt.spin.learn(t, woke-wake, max(0, t-woke))
	return now, ctx.Err()
}

// resume advances the clock by the time of suspension, and returns the advance.
func (rt *realTime) resume(w *Real) time.Duration {
	was := time.Duration(w.suspended.Load())
	now := rt.ahead() - rt.start
	if now-was <= time.Millisecond { // the time between the two readings
		return 0
	}
	w.suspended.Store(int64(now))
	rt.offset -= now - was
	return now - was
}

// bootAhead returns CLOCK_BOOTTIME minus CLOCK_MONOTONIC.
func bootAhead() time.Duration {
	var boot, mono unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &boot) != nil || unix.ClockGettime(unix.CLOCK_MONOTONIC, &mono) != nil {
		return 0 // a kernel without CLOCK_BOOTTIME does not suspend
	}
	return time.Duration(boot.Nano() - mono.Nano())
}
