package request

import (
	"fmt"
	"os"
	"testing"
	"unsafe"
)

// The sizes are a part of the ioctls' numbers.
func TestSizesAreThoseOfTheKernel(t *testing.T) {
	if got := [2]uintptr{unsafe.Sizeof(lineRequest{}), unsafe.Sizeof(lineInfo{})}; got != [2]uintptr{592, 256} {
		t.Errorf("got %d bytes, want 592 and 256", got)
	}
}

func TestLinesWithEqualFlagsShareAnAttribute(t *testing.T) {
	const up, down, off = Input | PullUp, Input | PullDown, Input | PullOff
	r, err := newRequest([]Line{{22, up}, {23, down}, {24, off}, {25, down}, {26, up}})
	if err != nil {
		t.Fatal(err)
	}
	want := [2]attribute{{id: ofFlags, flags: down, mask: 0b01010}, {id: ofFlags, flags: off, mask: 0b00100}}
	if r.flags != up || r.attributes != 2 || [2]attribute(r.attribute[:2]) != want || r.lines != 5 || [5]uint32(r.offsets[:5]) != [5]uint32{22, 23, 24, 25, 26} {
		t.Errorf("got %+v", r)
	}
	if got, want := text(r.consumer), fmt.Sprintf("hillock@%d", os.Getpid()); got != want {
		t.Errorf("got consumer %q, want %q", got, want)
	}
	for _, n := range []int{0, Most + 1} {
		if _, err := newRequest(make([]Line, n)); err == nil {
			t.Errorf("%d lines: want an error", n)
		}
	}
}
