package clock

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	monitorSlack = 20 * time.Millisecond // for Go's monitor thread, see calm
	usualSlack   = 50 * time.Microsecond

	priority   = 80                     // of SCHED_FIFO; the kernel's interrupt threads have 50
	slice      = 100 * time.Microsecond // on one CPU: the smallest of EEVDF
	longest    = 100 * time.Millisecond // of one sleep, and so the delay of a cancelled context
	dmaLatency = "/dev/cpu_dma_latency"
)

// machine is the computer of Enter.
type machine struct {
	cpus int
	arch string // as in runtime.GOARCH
}

// realTime is the state between Enter and Leave.
type realTime struct {
	offset  time.Duration // CLOCK_MONOTONIC at the clock's zero, minus the time of suspension
	spin    spinner
	latency *os.File // cpu_dma_latency, kept open
	keep    bool     // sleep without the scheduler's knowledge, see sleep

	ahead func() time.Duration // CLOCK_BOOTTIME, with the time of suspension, minus CLOCK_MONOTONIC
	start time.Duration        // value of ahead at Enter
	next  time.Duration        // time of the next check for a suspension
}

// Enter binds the calling goroutine to its thread for good, and makes the requests in opts for that thread alone. They
// are: sleeps in clock_nanosleep with 1 ns of timer slack, SCHED_FIFO, locked memory, a fixed CPU, shallow idle states
// of the CPUs, and a short spin before each deadline. Leave returns what outlives the thread. Enter never raises the
// other threads: Go's threads would starve a Pi with one core. Another goroutine may enter after the first one.
func (w *Real) Enter(opts Options) (Grant, error) {
	return w.enter(opts, machine{runtime.NumCPU(), runtime.GOARCH})
}

func (w *Real) enter(opts Options, m machine) (Grant, error) {
	runtime.LockOSThread() // never unlocked: the thread and its priority end with the goroutine
	g := Grant{Remedy: opts.Remedy}
	rt := w.rt
	if rt == nil {
		offset, err := ahead(w.Now, monotonic)
		if err != nil {
			return g, fmt.Errorf("clock_gettime: %w", err)
		}
		makeRoom()
		rt = &realTime{offset: offset, spin: newSpinner(opts.Spin, m.cpus), ahead: bootAhead, start: bootAhead() - time.Duration(w.suspended.Load())}
	}
	if err := unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0); err != nil {
		g.lacks("1 ns of timer slack", err, "permit prctl in SystemCallFilter=")
	}
	fifo := false
	if opts.Realtime != Off {
		fifo = rt.ask(&g, m, opts.Realtime)
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
	rt.keep = !fifo
	switch {
	case opts.Realtime == Off:
	case rt.keep:
		g.got("calm scheduler")
	default:
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

// ask makes the requests with a permission, and reports whether it got SCHED_FIFO. On one CPU, SCHED_FIFO needs
// Realtime = On: a long tick takes the CPU from every other program, also from the user's shell, until the kernel
// throttles the thread.
func (rt *realTime) ask(g *Grant, m machine, mode Mode) (fifo bool) {
	if m.cpus == 1 && mode != On {
		g.got("no SCHED_FIFO (one CPU)")
		early(g)
	} else {
		attr := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: priority}
		if err := unix.SchedSetAttr(0, &attr, 0); err != nil {
			g.lacks(fmt.Sprintf("SCHED_FIFO %d", priority), err, fmt.Sprintf("set LimitRTPRIO=%d", priority))
		} else {
			g.got("SCHED_FIFO %d", priority)
			fifo = true
		}
	}
	if fifo && m.cpus == 1 && m.arch == "arm" {
		g.Risk = armRisk
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
	return fifo
}

// armRisk is about the 64-bit atomics of ARMv6 (goLoad64 and others in Go's internal/runtime/atomic). A loop with
// SCHED_FIFO can wait for such a lock while its owner gets no turn. The kernel then stops the loop after 0.95 s.
const armRisk = "SCHED_FIFO on one CPU with ARMv6: the loop can stand still for up to 1 s, at a spinlock of Go's 64-bit atomics"

// early asks for a short time slice of Linux's scheduler EEVDF: the thread then gets its turns early, and not more of them.
// This needs no permission. Linux before 6.12 ignores it, and reports 0. A nice value is no help: on an emulated Pi Zero
// some ticks were 35 ms late at -10, and 5 ms at 0.
func early(g *Grant) {
	attr, err := unix.SchedGetAttr(0, 0)
	if err != nil {
		return // without sched_getattr in SystemCallFilter= of a unit
	}
	attr.Runtime = uint64(slice)
	_ = unix.SchedSetAttr(0, attr, 0) // the next call returns the result
	if attr, err := unix.SchedGetAttr(0, 0); err == nil && attr.Runtime == uint64(slice) {
		g.got("time slice of %g ms", slice.Seconds()*1e3)
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
// again. At ticks of 1 ms the naps cost more than the loop itself. With slack, the naps are longer. Other work of the
// monitor is later by the same time, for example the end of a long goroutine's turn. The slack of the other threads
// stays: the collector's barriers sleep on them.
func calm(slack time.Duration) error {
	thread, err := monitorThread()
	if err != nil {
		return err
	}
	file := "/proc/" + thread + "/timerslack_ns"
	if set, err := os.ReadFile(file); err == nil && strings.TrimSpace(string(set)) == strconv.FormatInt(int64(slack), 10) {
		return nil
	}
	return os.WriteFile(file, strconv.AppendInt(nil, int64(slack), 10), 0)
}

// monitorThread returns the id of Go's monitor thread, the first one started by a Go program. The kernel lists the
// threads in the order of their start. Their ids start again from the lowest after the highest, and as text "100" comes
// before "99".
func monitorThread() (string, error) {
	f, err := os.Open("/proc/self/task")
	if err != nil {
		return "", err
	}
	defer f.Close()
	threads, err := f.Readdirnames(-1)
	if err == nil && len(threads) < 2 {
		err = errors.New("the program has one thread")
	}
	if err != nil {
		return "", err
	}
	return threads[1], nil
}

// makeRoom raises GOMAXPROCS above the number of CPUs, unless the environment sets it. After a sleep in the kernel a
// thread needs a place among the running goroutines: its own may be taken (retake and exitsyscall in the runtime's
// proc.go). With all places taken, it waits for the end of a goroutine's turn. On one CPU that can be a whole picture on
// a display. On more CPUs it lasts as long as other programs keep that goroutine's thread from running. With places to
// spare, the kernel decides, and it knows the priority of the thread.
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

// ahead returns the kernel's time minus the clock's, both read in turn. The result is never too small: sleeps would end
// before their deadlines, and the loop would sleep twice a tick. Its excess is less than the shortest of ten readings.
func ahead(now func() time.Duration, kernel func() (time.Duration, error)) (time.Duration, error) {
	least := time.Duration(math.MaxInt64)
	for range 10 {
		before := now()
		t, err := kernel()
		if err != nil {
			return 0, err
		}
		least = min(least, t-before)
	}
	return least, nil
}

// monotonic returns CLOCK_MONOTONIC. Go's own monotonic time has another zero.
func monotonic() (time.Duration, error) {
	var ts unix.Timespec
	err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts)
	return time.Duration(ts.Nano()), err
}

// sleepUntil reads the clock once if the kernel wakes the thread in time.
func (rt *realTime) sleepUntil(ctx context.Context, w *Real, now, t time.Duration) (time.Duration, error) {
	wake := t - rt.spin.margin
	for now < wake {
		if err := ctx.Err(); err != nil {
			return now, err
		}
		until := unix.NsecToTimespec(int64(rt.offset + min(wake, now+longest)))
		if err := rt.sleep(&until); err != nil && err != unix.EINTR {
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

// sleep blocks until a time of CLOCK_MONOTONIC or a signal. Go's scheduler usually gives the place of a sleeping thread
// away, and its monitor then wakes two or three times a tick, see calm. With keep, the thread keeps its place. Every
// 10 ms the scheduler then takes the place by a signal, and another thread gives it back. That thread has normal
// priority: a loop with SCHED_FIFO does not depend on it.
func (rt *realTime) sleep(until *unix.Timespec) error {
	if !rt.keep {
		return unix.ClockNanosleep(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, until, nil)
	}
	_, _, e := unix.RawSyscall6(unix.SYS_CLOCK_NANOSLEEP, unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, uintptr(unsafe.Pointer(until)), 0, 0, 0)
	if e != 0 {
		return e
	}
	return nil
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
