package board_test

import (
	"errors"
	"fmt"
	"testing"

	"hillock/hw/board"
	"hillock/hw/edge"
)

// lacking is a Pi without GPIO22.
type lacking struct{ *board.Virtual }

func (l lacking) OpenEdges(lines []edge.Line) (edge.Port, error) {
	for _, line := range lines {
		if line.Pin == "GPIO22" {
			return nil, board.Absent{Err: fmt.Errorf("%s: this machine has no such pin", line.Pin)}
		}
	}
	return l.Virtual.OpenEdges(lines)
}

// TestAbsentPinOfEdges refuses a board, and a changed one, on a machine without the pin: no later request would find it.
func TestAbsentPinOfEdges(t *testing.T) {
	const want = "input touch: GPIO22: this machine has no such pin"
	touch := load(t, "input.other.driver=edge", "input.other.pin=GPIO23", "input.touch.driver=edge", "input.touch.pin=GPIO22")
	v, err := board.NewVirtual(touch, new(clock))
	if err != nil {
		t.Fatal(err)
	}
	pi := lacking{v}
	refused := func(how string, b *board.Board, err error) {
		t.Helper()
		if b != nil || err == nil || err.Error() != want || !errors.As(err, new(board.Absent)) {
			t.Errorf("%s: got %v, want the error %s", how, err, want)
		}
	}
	b, err := board.Open(touch, pi)
	refused("open", b, err)
	if b, err = board.Open(load(t), pi); err != nil { // every pin is free again
		t.Fatal(err)
	}
	defer b.Close()
	next, err := b.Change(touch)
	refused("change", next, err)
	if port, err := v.OpenEdges([]edge.Line{{Pin: "GPIO23", Rising: true}}); err != nil {
		t.Errorf("the other pin is still in use: %v", err)
	} else {
		port.Close()
	}
}
