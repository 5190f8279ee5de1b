package circuit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hillock/cmd/hillock/internal/readable"
	"hillock/config"
)

// class returns a line for the class of the run, and one for each board with synapses to this one.
func (c *Circuit) class() (lines []string) {
	if n := c.Config.Net; n.Broker != "" {
		board := "its host name"
		if n.Board != "" {
			board = n.Board
		}
		broker := map[string]string{"find": "a hub found on this network", "embedded": "in this program, at " + n.Listen}[n.Broker]
		if broker == "" {
			broker = n.Broker
		}
		lines = append(lines, fmt.Sprintf("net: class %s, board %s, broker %s, batches of %s", n.Class, board, broker, config.FormatTime(n.Batch)))
	}
	var seen []string
	for _, in := range c.Config.Inputs {
		if r, ok := in.Part.(config.Remote); ok && !slices.Contains(seen, r.Board) {
			seen = append(seen, r.Board)
			lines = append(lines, c.from(r.Board))
		}
	}
	return lines
}

// from returns the line for a board.
func (c *Circuit) from(board string) string {
	pairs := 0
	var neurons []string
	var shortest, longest time.Duration
	for i, s := range c.Config.Synapses {
		for k, number := range c.Synapses[i].From {
			name, isRemote := strings.CutPrefix(c.Name(number), board+"/")
			if !isRemote {
				continue
			}
			if !slices.Contains(neurons, name) {
				neurons = append(neurons, name)
			}
			if pairs == 0 || s.Delay < shortest {
				shortest = s.Delay
			}
			longest = max(longest, s.Delay)
			pairs += len(c.Synapses[i].Targets[k])
		}
	}
	delay := config.FormatTime(shortest)
	if longest > shortest {
		delay += " to " + config.FormatTime(longest)
	}
	return fmt.Sprintf("board %s: %s from %s, delay %s", board, readable.Count(pairs, "synapse"), strings.Join(neurons, ", "), delay)
}
