package broker

import (
	"log/slog"
	"maps"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Reason says why the broker refused something.
type Reason string

// The reasons.
const (
	TooManyConnections Reason = "too many connections"
	TooManyOfAddress   Reason = "too many connections of one address"
	TooManyClients     Reason = "too many clients"
	NoConnect          Reason = "no CONNECT in time"
	NoTLS              Reason = "no TLS: the client has none, or refused the certificate"
	NotMQTT            Reason = "not MQTT"
	OtherVersion       Reason = "not MQTT 3.1.1"
	Malformed          Reason = "malformed packet"
	NoCode             Reason = "no join code"
	WrongCode          Reason = "wrong class or join code"
	Paused             Reason = "pause after wrong join codes"
	NameInUse          Reason = "name in use from another address"
	ForeignWill        Reason = "will outside of the board's own state"
	ForeignTopic       Reason = "topic outside of the board's own"
	ForeignFilter      Reason = "filter outside of the class"
	TooManyFilters     Reason = "too many subscriptions"
	NoQoS2             Reason = "QoS 2"
	OtherPacket        Reason = "unexpected packet"
	TooLarge           Reason = "packet too large"
	TooFast            Reason = "packets too fast: delayed"
	ReadsTooSlowly     Reason = "reads too slowly: messages dropped"
	Stuck              Reason = "reads too slowly: disconnected"
	NotRetained        Reason = "message not retained"
	Broken             Reason = "error of the broker"
)

// refusals counts the refused things, and logs a few of them.
type refusals struct {
	logger *slog.Logger
	seldom rate.Sometimes // a flood must not fill the log

	mu     sync.Mutex
	counts map[Reason]int64
	silent int64 // not logged since the last line
}

func (r *refusals) init(logger *slog.Logger) {
	r.logger, r.seldom = logger, rate.Sometimes{First: 20, Interval: time.Second}
}

// add counts a refusal. The name is a board's or "": what a stranger sends stays out of the log, because it may be a secret.
func (r *refusals) add(why Reason, from, board string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.counts == nil {
		r.counts = map[Reason]int64{}
	}
	r.counts[why]++
	r.silent++
	r.seldom.Do(func() {
		args := []any{"reason", string(why), "from", from}
		if board != "" {
			args = append(args, "board", board)
		}
		if r.silent > 1 {
			args = append(args, "refused", r.silent)
		}
		r.silent = 0
		r.logger.Warn("broker: refused", args...)
	})
}

func (r *refusals) all() map[Reason]int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.counts)
}
