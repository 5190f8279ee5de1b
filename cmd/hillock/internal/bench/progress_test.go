package bench

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestProgressRewritesOneLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		stop := draw(&out, "measuring", 3*time.Second)
		time.Sleep(2500 * time.Millisecond)
		stop()
		want := "\rmeasuring: 0 s of 3 s\x1b[K\rmeasuring: 1 s of 3 s\x1b[K\rmeasuring: 2 s of 3 s\x1b[K\r\x1b[K"
		if got := out.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestNoProgressWithoutATerminal(t *testing.T) {
	var out strings.Builder
	progress(&out, "measuring", time.Second)()
	if out.Len() != 0 {
		t.Errorf("got %q, want nothing", out.String())
	}
}
