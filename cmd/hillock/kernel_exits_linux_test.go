package main

import (
	"strings"
	"testing"
)

func TestKernelLeavesTheLineLow(t *testing.T) {
	for _, tt := range []struct {
		name, script string
		status       int
		says         string
	}{
		{"end of its time", `long --duration 3s; lit; mark before; wait $pid`, 0, ""},
		{"SIGINT", `long; lit; mark before; kill -INT $pid; wait $pid`, 0, ""},
		{"SIGTERM", `long; lit; mark before; kill -TERM $pid; wait $pid`, 0, ""},
		{"SIGHUP", `long; lit; mark before; kill -HUP $pid; wait $pid`, 0, ""},
		{"panic in the loop", `broken loop; long; lit; mark before; wait $pid`, 1, "hillock: panic in the loop: runtime error: invalid memory address"},
		{"panic in an observer", `broken observer; long; lit; mark before; wait $pid`, 1, "hillock: panic in the loop: an observer that breaks"},
		{"panic in a driver", `broken driver; mark before; start; wait $pid`, 1, "hillock: panic in the loop: a driver that breaks"},
		{"out of memory", `broken memory; ulimit -d 120000; export GOTRACEBACK=crash; long; lit; mark before; wait $pid`, 134, "fatal error: "},
		{"killed by the kernel for want of memory", `broken memory; long; lit; mark before; wait $pid`, 137, ""},
		{"kill -9", `long; lit; mark before; kill -KILL $pid; wait $pid`, 137, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := boot(t, `
broken() { hillock=$tests; export HILLOCK_TEST_AS_MAIN=1 HILLOCK_TEST_BREAKS=$1; }
long() { start --set output.led.width="1 min" "$@"; }
`+tt.script+`
status=$?; mark after; echo "at the end $(line 17)"; ( exit $status )`)
			levels, marks := g.Levels(17), g.marks()
			if g.Status != tt.status {
				t.Errorf("got exit status %d, want %d", g.Status, tt.status)
			}
			killed := tt.status >= 128 // then the kernel takes the line back, without a level of ours
			if n := len(levels); n < 2-btoi(killed) || levels[n-1].High != killed || !killed && levels[n-1].At < marks["before"] || levels[n-1].At > marks["after"]+10*ms {
				t.Errorf("got levels %v of GPIO17, want it high until the end, %v, and then put low", tail(levels, 4), marks["after"])
			}
			if !strings.Contains(g.Output, "at the end 0\n") {
				t.Error("got GPIO17 high at the end, want it low")
			}
			if tt.says != "" {
				g.wants(tt.says)
			}
		})
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestKernelOffAfterAKill(t *testing.T) {
	g := boot(t, `
start --set output.led.width="1 min"; lit
hillock off >/tmp/off 2>&1; echo "beside a run: $? $(cat /tmp/off)"
kill -KILL $pid; wait $pid
echo pull-up >$(ls -d /sys/devices/platform/gpio-sim.*/gpiochip*/sim_gpio17)/pull # as on a Pi that keeps the levels
echo "left at $(line 17)"; mark off; hillock off`)
	levels := g.Levels(17)
	if n := len(levels); g.Status != 0 || n != 2 || !levels[0].High || levels[1].At < g.marks()["off"] {
		t.Errorf("got exit status %d and levels %v of GPIO17, want it high until it was put low", g.Status, levels)
	}
	for _, want := range []string{`beside a run: 1 hillock: output led: pulse: GPIO17: GPIOLine.Out(): line_request ioctl: device or resource busy: "hillock@`,
		"left at 1\n", "led: GPIO17 is low\n"} {
		if !strings.Contains(g.Output, want) {
			t.Errorf("want in the output %q", want)
		}
	}
}
