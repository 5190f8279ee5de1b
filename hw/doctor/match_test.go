package doctor

import (
	"testing"
	"time"

	"hillock/hw/edge"
)

// On a busy machine several changes come within the slack of an edge. Each edge belongs to one of them.
func TestMatchOfEdgesAndChanges(t *testing.T) {
	t.Parallel()
	const us, slack = time.Microsecond, 500 * time.Microsecond
	changes := func(every time.Duration) (all []change) {
		for i := range 10 {
			at := time.Duration(i) * every
			all = append(all, change{before: at, after: at + 10*us, rising: i%2 == 0})
		}
		return all
	}
	edges := func(every, late time.Duration) (all []edge.Edge) {
		for i := range 10 {
			all = append(all, edge.Edge{Line: 1, At: time.Duration(i)*every + late, Rising: i%2 == 0})
		}
		return all
	}
	for _, tt := range []struct {
		name    string
		changes []change
		edges   []edge.Edge
		want    int
	}{
		{"at the changes", changes(5000 * us), edges(5000*us, 5*us), 10},
		{"close together", changes(50 * us), edges(50*us, 5*us), 10},
		{"none", changes(5000 * us), nil, 0},
		{"of another line", changes(5000 * us), []edge.Edge{{Line: 0, Rising: true}}, 0},
		{"too late", changes(5000 * us), edges(5000*us, 600*us), 0},
		{"some are missing", changes(5000 * us), edges(5000*us, 5*us)[:6], 6},
		{"bouncing", changes(5000 * us), append(edges(5000*us, 5*us), edges(5000*us, 100*us)...), 10},
		{"from elsewhere", changes(5000 * us), append(edges(5000*us, 5*us)[:3], edges(5000*us, 2000*us)...), 0},
	} {
		if got := match(tt.changes, tt.edges, 1, slack); got.arrived != tt.want || got.sent != 10 {
			t.Errorf("%s: got %d of %d edges, want %d of 10", tt.name, got.arrived, got.sent, tt.want)
		}
	}
}
