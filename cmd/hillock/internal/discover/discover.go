// Package discover finds the hub of a class on the local network, and announces one: by multicast DNS (RFC 6762) with service
// discovery (RFC 6763). Answers come from any computer of the network: they are checked and bounded.
package discover

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"hillock/cmd/hillock/internal/readable"
)

// Service is the type of the announcements.
const Service = "_hillock._tcp"

// A search has several rounds: a station in Wi-Fi power save may miss one question. All hubs of a network answer in one round.
const (
	rounds    = 4
	roundTime = 750 * time.Millisecond
)

// Hub is a hub that answered.
type Hub struct {
	ID      string // of the hub, the same in all networks; without one its name
	Name    string // of the announcement, one for each network of a hub
	Class   string
	Broker  netip.AddrPort
	TLS     bool
	Wall    int    // port of the page; 0: unknown
	Version string // of hillock; "": unknown
}

// Address returns the address of the broker, as the key net.broker has it.
func (h Hub) Address() string {
	if h.TLS {
		return "mqtts://" + h.Broker.String()
	}
	return "mqtt://" + h.Broker.String()
}

// Find returns the address of the broker of a class. It asks for at most 3 s.
func Find(ctx context.Context, class string) (address string, err error) {
	h, err := find(ctx, class, func() ([]Hub, error) { return ask(ctx, links()) })
	if err != nil {
		return "", err
	}
	return h.Address(), nil
}

// find asks until a hub of the class answers.
func find(ctx context.Context, class string, ask func() ([]Hub, error)) (Hub, error) {
	var others []Hub
	for range rounds {
		hubs, err := ask()
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return Hub{}, fmt.Errorf("looking for the hub of class %q: %w: give its address with --broker", class, err)
		}
		if h, err := choose(hubs, class); err != nil || h.Class != "" {
			return h, err
		}
		others = append(others, hubs...)
	}
	text := fmt.Sprintf("class %q had no answer within %s: start 'hillock hub --class %[1]s --listen :1883', or give the address of a broker with --broker",
		class, readable.Seconds((rounds * roundTime).Seconds()))
	if list := listed(others); list != "" {
		text += "; classes found: " + list
	}
	return Hub{}, fmt.Errorf("%s", text)
}

// choose returns the hub of a class, the zero value without one. Of several addresses of one hub it takes the first. Two hubs of one
// class are an error: half of the boards would miss the other half.
func choose(hubs []Hub, class string) (Hub, error) {
	hubs = slices.DeleteFunc(slices.Clone(hubs), func(h Hub) bool { return h.Class != class })
	if len(hubs) == 0 {
		return Hub{}, nil
	}
	slices.SortFunc(hubs, compare)
	if last := hubs[len(hubs)-1]; last.ID != hubs[0].ID {
		return Hub{}, fmt.Errorf("two hubs of class %q answered, %s and %s: end one, or choose one with --broker", class, hubs[0].Address(), last.Address())
	}
	return hubs[0], nil
}

// compare orders hubs by ID. Of one hub an address for this machine alone comes last.
func compare(a, b Hub) int {
	if c := strings.Compare(a.ID, b.ID); c != 0 {
		return c
	}
	if a, b := a.Broker.Addr().IsLoopback(), b.Broker.Addr().IsLoopback(); a != b {
		return map[bool]int{true: 1, false: -1}[a]
	}
	return a.Broker.Compare(b.Broker)
}

// listed returns the classes of hubs for a message.
func listed(hubs []Hub) string {
	var all []string
	slices.SortFunc(hubs, func(a, b Hub) int { return strings.Compare(a.Class, b.Class) })
	for _, h := range slices.CompactFunc(hubs, func(a, b Hub) bool { return a.Class == b.Class }) {
		all = append(all, fmt.Sprintf("%s (%s)", h.Class, h.Address()))
	}
	const most = 8
	if more := len(all) - most; more > 0 {
		all = append(all[:most], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(all, ", ")
}
