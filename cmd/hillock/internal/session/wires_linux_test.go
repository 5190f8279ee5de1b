package session_test

import (
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// wires are the registers of the emulated Pi's device pikit: see hw/qemupi/guest/pikit.c.
type wires []byte

func newWires(t *testing.T) wires {
	t.Helper()
	at, err := strconv.ParseInt(os.Getenv("HILLOCK_TEST_WIRES"), 0, 64)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile("/dev/mem", os.O_RDWR|unix.O_SYNC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	mem, err := unix.Mmap(int(f.Fd()), at, 0x1000, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Munmap(mem) }) // the test ends
	return mem
}

// drive drives a pin from outside.
func (w wires) drive(pin int, high bool) {
	level := uint32(0)
	if high {
		level = 1
	}
	w.set(pin, level)
}

// release leaves a pin to its pull, or to the wire of back in hw/qemupi/guest/guest.sh.
func (w wires) release(pin int) { w.set(pin, 2) }

func (w wires) set(pin int, to uint32) {
	atomic.StoreUint32((*uint32)(unsafe.Pointer(&w[0x40+4*pin])), to)
}

// level returns the level of a pin.
func (w wires) level(pin int) bool {
	return atomic.LoadUint32((*uint32)(unsafe.Pointer(&w[0x300+4*pin]))) != 0
}

// TestWireInGuest is a program on an emulated Pi: a wire from an output to an input, until it is killed. The Pi has one real one.
func TestWireInGuest(t *testing.T) {
	var from, to int
	if _, err := fmt.Sscan(os.Getenv("HILLOCK_TEST_WIRE"), &from, &to); err != nil {
		t.Skip("SKIPPED: a program of TestPiEdges")
	}
	for w := newWires(t); ; time.Sleep(100 * time.Microsecond) {
		w.drive(to, w.level(from))
	}
}
