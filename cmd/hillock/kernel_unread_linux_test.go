package main

import (
	"strings"
	"testing"
)

// unreadable begins scripts of runs with unread output: long starts one.
const unreadable = `
mkdir -p /dev/pts; mount -t devpts devpts /dev/pts
as() { hillock=$tests; export HILLOCK_TEST_AS_MAIN=1 HILLOCK_TEST_UNREAD=$1; }
full() { mkfifo /tmp/full; sleep 1000 <>/tmp/full & dd if=/dev/zero of=/tmp/full bs=4096 count=16 2>/dev/null; }
plain=--plain out=/tmp/out log=/tmp/log
long() { ${hillock:-hillock} run --hw real $plain --duration 1m --set loop.speed=1 --set output.led.width="1 min" "$@" >>$out 2>>$log & pid=$!; }
`

// Runs with unread output end in the middle of a pulse.
func TestKernelLineIsLowBeforeTheOutputIsWritten(t *testing.T) {
	for _, tt := range []struct {
		name, script string
		status       int
		says         string
	}{
		{"the log's pipe is full", `full; log=/tmp/full; long; END`, 1, ""},
		{"the summary's pipe is full", `full; out=/tmp/full; long; END`, 1, "hillock: the summary: standard output: not done within 2 s\n"},
		{"the summary's reader is gone", `mkfifo /tmp/pipe; sleep 3 </tmp/pipe & long --summary /tmp/pipe; END`, 1, "hillock: /tmp/pipe: "},
		{"systemd's socket is unread", `export WATCHDOG_USEC=1000000; as manager; long; sleep 10; END`, 0, "systemd does not read notifications: write unixgram @->/tmp/notify: i/o timeout"},
		{"the terminal is stopped, log", `as terminal; long; END`, 1, ""},
		{"the terminal is stopped, scope", `as terminal; export TERM=xterm-256color; plain=; long; END`, 1, ""},
		{"a transfer hangs", `long; lit; sleep 1; fault spi_delay_us 20000000; END`, 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := boot(t, unreadable+strings.Replace(tt.script, "END", `lit; sleep 5; mark signal; kill -TERM $pid; ( sleep 60; kill -KILL $pid ) & wait $pid`, 1)+`
status=$?; mark ended; ( exit $status )`)
			g.endsLow("signal")
			if g.Status != tt.status {
				t.Errorf("got exit status %d, want %d", g.Status, tt.status)
			}
			if took := g.marks()["ended"] - g.marks()["signal"]; took > 30*1000*ms {
				t.Errorf("got the end %v after the signal, want it to come by itself", took)
			}
			g.wants(tt.says)
		})
	}
}

// Without its reader the log ends the run.
func TestKernelLineIsLowWhenNothingReadsTheLog(t *testing.T) {
	g := boot(t, unreadable+`
mkfifo /tmp/gone; { lit; sleep 1; } </tmp/gone & log=/tmp/gone; long; ( sleep 60; kill -KILL $pid ) & wait $pid`)
	if levels := g.Levels(17); g.Status != 1 || len(levels) < 2 || levels[len(levels)-1].High {
		t.Errorf("got exit status %d and levels %v of GPIO17, want status 1 and the line low at the end", g.Status, tail(levels, 4))
	}
}

// endsLow checks that GPIO17 is high until a mark, and low from 100 ms after it on.
func (g *guest) endsLow(mark string) {
	g.t.Helper()
	levels, at := g.Levels(17), g.marks()[mark]
	n := len(levels)
	if n < 2 || levels[n-1].High || levels[n-1].At < at-10*ms || levels[n-1].At > at+100*ms {
		g.t.Errorf("got levels %v of GPIO17, want it high until %v, and low within 100 ms", tail(levels, 4), at)
		return
	}
	g.t.Logf("GPIO17 low %v after %s", levels[n-1].At-at, mark)
}

// The loop's goroutine hangs, and the first signal does not end it.
func TestKernelLineIsLowAfterASecondSignal(t *testing.T) {
	g := boot(t, `
hillock=$tests; export HILLOCK_TEST_AS_MAIN=1 HILLOCK_TEST_BREAKS=hangs
start --set output.led.width="1 min"; lit; sleep 4
kill -TERM $pid; sleep 3; echo "after the first: $(line 17)"; mark second; kill -INT $pid; ( sleep 60; kill -KILL $pid ) & wait $pid`)
	g.endsLow("second")
	if g.Status != 130 || !strings.Contains(g.Output, "after the first: 1\n") {
		t.Errorf("got exit status %d, want 130, and the line high after the first signal", g.Status)
	}
	g.wants("hillock: ended at once by a second signal: interrupt\n")
}
