package doctor

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/hw/clock"
)

func TestRealTime(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		mode  string
		grant clock.Grant
		err   error
		want  Finding
	}{
		{"all of it", "auto", clock.Grant{Got: []string{"SCHED_FIFO 80", "memory locked"}}, nil,
			Finding{"realtime", Passed, `loop.realtime = "auto": SCHED_FIFO 80, memory locked`, "", ""}},
		{"what is permitted", "auto", clock.Grant{Got: []string{"spin up to 4 us"}, Missing: []string{"SCHED_FIFO 80: operation not permitted", "locked memory: operation not permitted"}, Remedy: "log in"}, nil,
			Finding{"realtime", Warning, `loop.realtime = "auto": spin up to 4 us`,
				"not permitted: SCHED_FIFO 80: operation not permitted; locked memory: operation not permitted: ticks may be later than necessary",
				"log in; or use the service of the package"}},
		{"insisted on", "on", clock.Grant{Got: []string{"spin up to 4 us"}, Missing: []string{"SCHED_FIFO: grant this"}},
			errors.New(`loop.realtime: must be permitted when it is "on": SCHED_FIFO: grant this`),
			Finding{"realtime", Failed, `loop.realtime: must be permitted when it is "on": SCHED_FIFO: grant this`,
				"'hillock run' would end with this error", "grant what is missing, or change the table [loop]"}},
		{"with a risk", "on", clock.Grant{Got: []string{"SCHED_FIFO 80"}, Risk: "the loop can stand still"}, nil,
			Finding{"realtime", Warning, `loop.realtime = "on": SCHED_FIFO 80`, "the loop can stand still",
				`set realtime = "auto" in [loop]: the loop then gets a short time slice`}},
		{"none", "off", clock.Grant{Got: []string{"no spin"}}, nil, Finding{"realtime", Passed, `loop.realtime = "off": no spin`, "", ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := desk().Loop
			l.Realtime, l.CPU = tt.mode, 3
			var asked clock.Options
			h := Host{try: func(o clock.Options) (clock.Grant, error) { asked = o; return tt.grant, tt.err }}
			if diff := cmp.Diff(tt.want, h.realTime(l)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			want := clock.Options{Realtime: clock.Mode(tt.mode), Spin: clock.SpinAuto, CPU: 3,
				Remedy: "install the hillock package, run 'sudo usermod -aG hillock $USER', then log in again"}
			if asked != want {
				t.Errorf("got %+v asked for, want %+v", asked, want)
			}
		})
	}
}
