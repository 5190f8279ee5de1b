package wall

import (
	"strconv"
	"strings"

	"hillock/cmd/hillock/internal/class"
)

// Limits of a board.
const (
	maxLines  = 64  // in its raster: more neurons share lines
	maxTables = 256 // neurons and populations in its hello
	maxLinks  = 64  // sources on other boards
)

// about is the part of a board's hello that the wall shows.
type about struct {
	Run     string
	Where   string
	Speed   float64
	Neurons []table
	Links   []link
	lines   lines
}

// table is a neuron or a population, with its first line in the raster.
type table struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
	Line  uint8  `json:"line"`
}

// link is a synapse from another board.
type link struct {
	Board    string  `json:"board"`
	Neuron   string  `json:"neuron"`
	To       string  `json:"to"`
	Delay    float64 `json:"delay"` // ms
	Inhibits bool    `json:"inhibits,omitempty"`
}

func aboutOf(h class.Hello) about {
	h.Neurons = h.Neurons[:min(len(h.Neurons), maxTables)]
	a := about{Run: h.Run, Where: h.Where, Speed: h.Speed, lines: linesOf(h.Neurons)}
	for _, n := range h.Neurons {
		line, _ := a.lines.line(n.Name)
		a.Neurons = append(a.Neurons, table{n.Name, n.Count, line})
	}
	for _, s := range h.Synapses {
		for _, from := range s.From {
			board, neuron, remote := strings.Cut(from, "/")
			if remote && len(a.Links) < maxLinks && len(s.To) > 0 {
				a.Links = append(a.Links, link{board, neuron, s.To[0], s.Delay, s.Weight < 0})
			}
		}
	}
	return a
}

// lines are the lines of a board's raster: its neurons in the order of its hello, each table with its members one after another.
type lines struct {
	first  map[string]int // number of the first neuron of each table
	counts map[string]int
	all    int // neurons
}

func linesOf(neurons []class.HelloNeuron) lines {
	l := lines{first: map[string]int{}, counts: map[string]int{}}
	for _, n := range neurons {
		l.first[n.Name], l.counts[n.Name] = l.all, int(n.Count)
		l.all += int(n.Count)
	}
	return l
}

// count returns the number of lines.
func (l lines) count() int { return min(l.all, maxLines) }

// line returns the line of a neuron or member, such as n1 or n1.3. Members count from 1.
func (l lines) line(name string) (line uint8, ok bool) {
	table, member, isMember := strings.Cut(name, ".")
	first, ok := l.first[table]
	if !ok {
		return 0, false
	}
	k := 0
	if isMember {
		n, err := strconv.Atoi(member)
		if err != nil || n < 1 || n > l.counts[table] {
			return 0, false
		}
		k = n - 1
	}
	return l.shared(first + k), true
}

// shared returns the line of a neuron by its number.
func (l lines) shared(neuron int) uint8 {
	if l.all <= maxLines {
		return uint8(neuron)
	}
	return uint8(neuron * maxLines / l.all)
}
