package edge

import (
	"errors"
	"math"
	"os"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// event is struct gpio_v2_line_event of the kernel's include/uapi/linux/gpio.h.
type event struct {
	timestamp  uint64
	id, offset uint32
	seqno      uint32
	lineSeqno  uint32
	_          [6]uint32
}

// onPipe returns a port for lines 22 and 23 of a chip. send sends it events, as the kernel does.
func onPipe(t testing.TB) (p *chipPort, send func(...event)) {
	t.Helper()
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(fds[1]) })
	p = &chipPort{lines: map[uint32]int{22: 0, 23: 1}, last: make([]uint32, 2), fd: fds[0]}
	return p, func(events ...event) {
		for i := range events {
			if _, err := unix.Write(fds[1], (*[eventSize]byte)(unsafe.Pointer(&events[i]))[:]); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestEventsOfTheKernelAreEdges(t *testing.T) {
	if size := unsafe.Sizeof(event{}); size != eventSize {
		t.Fatalf("got %d bytes, want %d", size, eventSize)
	}
	p, send := onPipe(t)
	read := func(room int, want ...Edge) {
		t.Helper()
		to := make([]Edge, room)
		n, err := p.Read(to)
		if diff := cmp.Diff(want, append([]Edge(nil), to[:n]...)); diff != "" || err != nil {
			t.Errorf("got %v (-want +got):\n%s", err, diff)
		}
	}
	read(4)
	const day = 24 * time.Hour // more than 32 bits
	send(event{uint64(day), 1, 22, 1, 1, [6]uint32{}}, event{uint64(day + 5), 2, 23, 2, 4, [6]uint32{}}, event{uint64(day + 7), 2, 22, 6, 2, [6]uint32{}})
	read(2, Edge{0, day, true, 0}, Edge{1, day + 5, false, 3})
	read(2, Edge{0, day + 7, false, 0})
	p.last[0] = math.MaxUint32 - 1
	send(event{uint64(day + 9), 1, 22, 7, math.MaxUint32, [6]uint32{}}, event{uint64(day + 10), 2, 22, 8, 2, [6]uint32{}})
	read(2, Edge{0, day + 9, true, 0}, Edge{0, day + 10, false, 2}) // the numbers begin again at 0
	for i := range 150 {
		send(event{uint64(i), 1, 23, 0, uint32(5 + i), [6]uint32{}})
	}
	to := make([]Edge, 256)
	if n, err := p.Read(to); n != 150 || err != nil || to[149] != (Edge{1, 149, true, 0}) {
		t.Errorf("got %d edges, %v, the last %+v", n, err, to[149])
	}
}

func TestReadOfAChipEnds(t *testing.T) {
	p, send := onPipe(t)
	for i := range 50 {
		send(event{lineSeqno: uint32(i) + 1, offset: 22})
	}
	to := make([]Edge, 1)
	if allocs := testing.AllocsPerRun(100, func() { _, _ = p.Read(to) }); allocs != 0 || p.last[0] != 50 {
		t.Errorf("got %g allocations and %d edges, want no allocation and 50", allocs, p.last[0])
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if _, err := p.Read(make([]Edge, 1)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("got %v, want %v", err, os.ErrClosed)
	}
	if err := p.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a second Close: got %v, want %v", err, os.ErrClosed)
	}

	p, _ = onPipe(t)
	p.fd = -1
	if n, err := p.Read(make([]Edge, 1)); n != 0 || !errors.Is(err, unix.EBADF) || err.Error() != "read: bad file descriptor" {
		t.Errorf("got %d, %v", n, err)
	}
}

// BenchmarkReadOfAChip is the cost of a tick: a read system call, mostly without an edge. A pipe takes the place of the kernel's request.
func BenchmarkReadOfAChip(b *testing.B) {
	p, send := onPipe(b)
	to := make([]Edge, 256)
	b.Run("no edge", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if n, err := p.Read(to); n != 0 || err != nil {
				b.Fatal(n, err)
			}
		}
	})
	b.Run("16 edges, with their writes", func(b *testing.B) {
		b.ReportAllocs()
		all := make([]event, 16)
		for b.Loop() {
			for i := range all {
				all[i] = event{offset: 22, lineSeqno: p.last[0] + uint32(i) + 1}
			}
			send(all...)
			if n, err := p.Read(to); n != 16 || err != nil {
				b.Fatal(n, err)
			}
		}
	})
}
