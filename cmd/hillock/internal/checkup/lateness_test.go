package checkup

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/session"
	"hillock/config"
	"hillock/hw/doctor"
	"hillock/hw/part"
	"hillock/neuron"
)

func TestLatenessFailsOnARealPiOnly(t *testing.T) {
	t.Parallel()
	const slow, stop = "this machine is too slow for this tick: the neuron runs in slow motion", "stop other programs, grant real time, or set a longer tick"
	const late, more = "1 of 100 ticks begins more than one tick late", "stop other programs, or grant real time; 'hillock bench' shows more"
	for _, tt := range []struct {
		name    string
		skipped int64
		p99     float64 // us
		virtual bool
		want    doctor.Finding
	}{
		{"punctual", 0, 1000, false, doctor.Finding{Result: doctor.Passed}},
		{"late", 0, 1001, false, doctor.Finding{Result: doctor.Failed, Means: late, Do: more}},
		{"ticks skipped", 1, 1000, false, doctor.Finding{Result: doctor.Failed, Means: slow, Do: stop}},
		{"punctual, virtual", 0, 1000, true, doctor.Finding{Result: doctor.Passed}},
		{"late, virtual", 0, 1001, true, doctor.Finding{Result: doctor.Warning, Means: late, Do: more}},
		{"ticks skipped, virtual", 1, 1000, true, doctor.Finding{Result: doctor.Warning, Means: slow, Do: stop}},
	} {
		var got doctor.Finding
		judge(&got, neuron.Tick{Due: 5000, Skipped: tt.skipped}, session.Percentiles{N: 5000, P99: tt.p99}, time.Millisecond, tt.virtual)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestStoppedLatenessIsSkipped(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got := lateness(ctx, config.Default(part.Kinds()), time.Hour, true)
	want := doctor.Finding{Check: "lateness", Result: doctor.Skipped, Seen: "not checked: stopped before the end"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
