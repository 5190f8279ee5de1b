// Package class connects the boards of a class: the topics and messages of its protocol, and one board of it. The protocol is
// MQTT 3.1.1; deploy/doc/mqtt.md is its documentation.
package class

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hillock/config"
)

// Kind is a kind of message: the part of its topic after the board.
type Kind string

// The kinds of messages.
const (
	KindState  Kind = "state"  // Online or Offline, retained, and the last will
	KindHello  Kind = "hello"  // Hello, retained
	KindRates  Kind = "rates"  // Rates, retained
	KindSpikes Kind = "spikes" // Spikes
	KindAsk    Kind = "ask"    // Ask, to one board
	KindAnswer Kind = "answer" // Answer, to one board
)

// Kinds returns all kinds.
func Kinds() []Kind {
	return []Kind{KindState, KindHello, KindRates, KindSpikes, KindAsk, KindAnswer}
}

// ToBoard reports whether messages of this kind go from one board to another.
func (k Kind) ToBoard() bool { return k == KindAsk || k == KindAnswer }

// Any stands for each class or each board in the topic of a subscription.
const Any = "+"

// prefix begins each topic. 1 is the version of the protocol.
const prefix = "hillock/1"

// Topic is the topic of a message.
type Topic struct {
	Class string
	Board string // the sender
	Kind  Kind
	To    string // the receiving board of KindAsk and KindAnswer; "" for other kinds
}

// String returns the topic for MQTT, such as "hillock/1/9b/mara/spikes" or "hillock/1/9b/mara/ask/ida".
func (t Topic) String() string {
	s := prefix + "/" + t.Class + "/" + t.Board + "/" + string(t.Kind)
	if t.Kind.ToBoard() {
		s += "/" + t.To
	}
	return s
}

// AllOf returns the topic of a subscription to all messages of a class.
func AllOf(class string) string { return prefix + "/" + class + "/#" }

// ParseTopic returns the parts of a topic. It refuses wildcards.
func ParseTopic(s string) (Topic, error) {
	rest, ok := strings.CutPrefix(s, prefix+"/")
	parts := strings.Split(rest, "/")
	if !ok || len(parts) < 3 {
		return Topic{}, fmt.Errorf("topic %s: must be %s/CLASS/BOARD/KIND", quoted(s), prefix)
	}
	t := Topic{Class: parts[0], Board: parts[1], Kind: Kind(parts[2])}
	switch {
	case !slices.Contains(Kinds(), t.Kind):
		return Topic{}, fmt.Errorf("topic %s: unknown kind %s", quoted(s), quoted(parts[2]))
	case t.Kind.ToBoard() && len(parts) != 4:
		return Topic{}, fmt.Errorf("topic %s: must end with /%s/BOARD", quoted(s), t.Kind)
	case !t.Kind.ToBoard() && len(parts) != 3:
		return Topic{}, fmt.Errorf("topic %s: must end with /%s", quoted(s), t.Kind)
	case t.Kind.ToBoard():
		t.To = parts[3]
		if err := CheckName(t.To); err != nil {
			return Topic{}, fmt.Errorf("topic %s: receiver: %w", quoted(s), err)
		}
	}
	if err := CheckName(t.Class); err != nil {
		return Topic{}, fmt.Errorf("topic %s: class: %w", quoted(s), err)
	}
	if err := CheckName(t.Board); err != nil {
		return Topic{}, fmt.Errorf("topic %s: board: %w", quoted(s), err)
	}
	return t, nil
}

// ClientID returns the client ID of a board, such as "9b:mara". NATS refuses an ID with a dot, mosquitto one with # or +.
func ClientID(class, board string) string { return class + ":" + board }

// CheckName checks the name of a class or of a board.
func CheckName(s string) error {
	if !config.ValidName(s) {
		return fmt.Errorf("%s, got %s", config.NameRule, quoted(s))
	}
	return nil
}

// isNeuron reports whether s is the name of a neuron: "n1", or "n1.3" of a population.
func isNeuron(s string) bool {
	table, number, member := strings.Cut(s, ".")
	if !member {
		return config.ValidName(s)
	}
	i, err := strconv.Atoi(number)
	return err == nil && config.ValidName(table) && 1 <= i && i <= config.MaxNeurons && strconv.Itoa(i) == number
}

// isSource reports whether s is the name of a source of spikes: a neuron, a spike input, or a neuron of another board, "mara/n1".
func isSource(s string) bool {
	board, rest, remote := strings.Cut(s, "/")
	if !remote {
		return isNeuron(s)
	}
	return config.ValidName(board) && isNeuron(rest)
}

// quoted returns s in quotes for a message: ASCII, at most 64 bytes of s.
func quoted(s string) string {
	const most = 64
	if len(s) > most {
		return strconv.QuoteToASCII(s[:most]) + "..."
	}
	return strconv.QuoteToASCII(s)
}
