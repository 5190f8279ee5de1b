package class

import (
	"testing"
	"time"
)

// The line of a display has the broker without secrets, the counts, and each board with its troubles.
func TestStatusInALine(t *testing.T) {
	for _, tt := range []struct {
		is   Status
		want string
	}{
		{Status{Class: "9b", Broker: "mqtt://192.168.1.5:1883", State: Connected, Sent: 1200, Boards: []Remote{
			{Name: "mara", Online: true, Measured: true, Offset: 1234 * time.Microsecond, Spikes: 40, Late: 3, LostSteps: 200, Lost: 20 * time.Millisecond, Gaps: 2},
			{Name: "tom", Online: true, Measured: true, Offset: -70 * time.Second}}},
			"9b at mqtt://192.168.1.5:1883: 1200 batches sent, 0 unsent; mara: 40 spikes, 3 late, 20 ms lost, offset 1.2 ms; tom: 0 spikes, offset -70 s"},
		{Status{Class: "9b", Broker: "find", Speed: 0.1, State: "no connection: no hub found", Retry: 2100 * time.Millisecond, Unsent: 40, Boards: []Remote{{Name: "lea"}}},
			"9b at a hub on this network: no connection: no hub found, next attempt in 3 s, 0 batches sent, 40 unsent, speed 0.1: other boards take spikes at speed 1 only; lea: 0 spikes, offline"},
		{Status{Class: "9b", Broker: "embedded", Addr: "127.0.0.1:1883", State: Connected, Sent: 1, Over: 7, Boards: []Remote{
			{Name: "lea", Online: true, LostSpikes: 2, LostSteps: 5, Dropped: 1}, {Name: "tom", Online: true, Problem: "tom has no neuron n3"}}},
			"9b at 127.0.0.1:1883: 1 batch sent, 0 unsent, 7 spikes dropped; lea: 0 spikes, 1 dropped in skipped time, 2 lost, 5 steps lost, clock not measured yet; tom: 0 spikes, tom has no neuron n3"},
	} {
		if got := tt.is.String(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}
