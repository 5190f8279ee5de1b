package session

import (
	"fmt"

	"hillock/neuron"
)

// SpikeInput is an input of spikes at an instant.
type SpikeInput struct {
	Name   string
	Spikes int64         // so far
	Edges  *EdgeCounts   // of an edge input, else nil
	Remote *RemoteCounts // of a neuron of another board, else nil
	Fault  Fault         // of the pin of an edge input
	Button bool          // of the virtual Pi: see Session.Tap
}

// Words returns the counts of edges or of spikes from another board, in words; none for played spikes.
func (in SpikeInput) Words() []string {
	switch {
	case in.Edges != nil:
		return in.Edges.Words()
	case in.Remote != nil:
		return EdgeCounts{Late: in.Remote.Late, Dropped: in.Remote.Dropped}.Words()
	}
	return nil
}

// RemoteCounts are the spikes of a neuron of another board so far, beside those in time. Status.Net has the lost ones.
type RemoteCounts struct {
	Late    int64 // part of all: they came when they should have acted already
	Dropped int64 // spikes in skipped time
}

// EdgeCounts are the edges of an input so far, beside those that became spikes in time.
type EdgeCounts struct {
	Late    int64 // spikes, part of all: they came when their step was over, or their tick began more than a tick late
	Lost    int64 // edges dropped by the kernel's full buffer, and pulses too short for a width
	Dropped int64 // edges in skipped time
	Ignored int64 // pulses in the dead time
}

// Words returns each count above 0 in words: "2 late", "1 lost", "3 dropped in skipped time", "5 ignored in the dead time".
func (e EdgeCounts) Words() (all []string) {
	for _, c := range []struct {
		n    int64
		what string
	}{{e.Late, "late"}, {e.Lost, "lost"}, {e.Dropped, "dropped in skipped time"}, {e.Ignored, "ignored in the dead time"}} {
		if c.n > 0 {
			all = append(all, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	return all
}

// spikeInputs returns the state of the spike inputs.
func (l *leg) spikeInputs(now *snapshot) (all []SpikeInput) {
	for i, s := range l.circuit.Sources {
		is := SpikeInput{Name: s.Name}
		if i < len(now.sent) {
			is.Spikes = now.sent[i]
		}
		if v := l.hw.Virtual; v != nil {
			is.Button = v.Buttons[s.Name] != nil
		}
		if r, ok := s.Train.(*neuron.Received); ok && r.Remote {
			is.Spikes, is.Remote = r.Taken(), &RemoteCounts{Late: r.Late(), Dropped: r.Dropped()}
		} else if ok {
			l.edges(&is, r)
		}
		all = append(all, is)
	}
	return all
}

// edges adds the counts and the fault of an edge input. Several spikes in one step count each.
func (l *leg) edges(is *SpikeInput, r *neuron.Received) {
	is.Spikes, is.Edges, is.Fault = r.Taken(), &EdgeCounts{Late: r.Late(), Dropped: r.Dropped()}, Fault{Part: is.Name, State: "refused"}
	pin, ok := l.board.Edges.Of(is.Name)
	if !ok {
		return
	}
	is.Edges.Lost, is.Edges.Ignored = pin.Lost, pin.Ignored
	if pin.Fault != nil {
		is.Fault.Cause, is.Fault.Means, is.Fault.Advice = pin.Fault.Error(), "no spike comes from "+is.Name, "end the run and run 'hillock doctor'"
	}
}
