package broker

import (
	"strings"

	"hillock/config"
)

// boardOf returns the board of a client ID CLASS:BOARD, "" for another ID. foreign means a board of another class.
func boardOf(id, class string) (board string, foreign bool) {
	of, name, ok := strings.Cut(id, ":")
	switch {
	case !ok || !config.ValidName(of) || !config.ValidName(name):
		return "", false
	case of != class:
		return "", true
	}
	return name, false
}

// soughtBy returns the board of a client ID CLASS:BOARD:RUN, "" for another ID: before it connects, a board looks so whether its name is
// free.
func soughtBy(id string) string {
	parts := strings.Split(id, ":")
	if len(parts) != 3 || !config.ValidName(parts[1]) {
		return ""
	}
	return parts[1]
}

// leaf is the kind of a topic below a board.
type leaf int

const (
	noLeaf leaf = iota
	state
	hello
	rates
	spikes
	ask // also an answer
	discovery
)

// retains returns the largest retained payload of a topic, in bytes; 0: it cannot be retained.
func (l leaf) retains() int {
	switch l {
	case state:
		return maxState
	case hello:
		return maxMessage
	case rates, discovery:
		return maxRates
	}
	return 0
}

// leafOf returns the kind of a topic for a board's own writing, noLeaf for a topic that is not its own.
func leafOf(topic, class, board string) leaf {
	if board == "" {
		return noLeaf
	}
	if topic == "homeassistant/device/hillock_"+class+"/"+board+"/config" {
		return discovery
	}
	own, ok := strings.CutPrefix(topic, "hillock/1/"+class+"/"+board+"/")
	if !ok {
		return noLeaf
	}
	switch own {
	case "state":
		return state
	case "hello":
		return hello
	case "rates":
		return rates
	case "spikes":
		return spikes
	}
	if kind, to, ok := strings.Cut(own, "/"); ok && (kind == "ask" || kind == "answer") && config.ValidName(to) {
		return ask
	}
	return noLeaf
}

// mayRead reports whether a client may subscribe to a filter, or receive a topic.
func mayRead(filter, class string) bool {
	if !strings.HasPrefix(filter, "hillock/1/"+class+"/") && !strings.HasPrefix(filter, "homeassistant/") || len(filter) > maxFilter {
		return false
	}
	levels := strings.Split(filter, "/")
	for i, level := range levels {
		if strings.Contains(level, "#") && (level != "#" || i < len(levels)-1) || strings.Contains(level, "+") && level != "+" {
			return false
		}
	}
	return len(levels) <= maxLevels
}

// matches reports whether a permitted filter matches a topic.
func matches(filter, topic string) bool {
	for {
		f, moreFilter, inFilter := strings.Cut(filter, "/")
		t, moreTopic, inTopic := strings.Cut(topic, "/")
		switch {
		case f == "#":
			return true
		case f != "+" && f != t:
			return false
		case !inTopic:
			return !inFilter || moreFilter == "#"
		case !inFilter:
			return false
		}
		filter, topic = moreFilter, moreTopic
	}
}
