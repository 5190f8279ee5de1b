package discover

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/mdns"
)

// link is a network interface with its IPv4 networks, or with those of IPv6 if it has no other ones.
type link struct {
	net.Interface
	networks []netip.Prefix
}

// links returns the interfaces with multicast, loopback included: hub and boards may be on one machine.
func links() (all []link) {
	interfaces, _ := net.Interfaces() // without any there is no link
	for _, i := range interfaces {
		if i.Flags&net.FlagUp == 0 || i.Flags&(net.FlagMulticast|net.FlagLoopback) == 0 {
			continue
		}
		l := link{Interface: i}
		addrs, _ := i.Addrs()
		var six []netip.Prefix
		for _, a := range addrs {
			switch n, err := netip.ParsePrefix(a.String()); {
			case err != nil:
			case n.Addr().Is4():
				l.networks = append(l.networks, n)
			case n.Addr().IsGlobalUnicast(): // an address of the link alone would need the name of the interface
				six = append(six, n)
			}
		}
		if l.networks == nil {
			l.networks = six
		}
		if len(l.networks) > 0 {
			all = append(all, l)
		}
	}
	return all
}

// silent is a log without a reader: any packet of the network could write into it.
func silent() *log.Logger { return log.New(io.Discard, "", 0) }

// ask asks once on all links, for roundTime, and returns the hubs that answered. An error means that no link took the question.
func ask(ctx context.Context, on []link) ([]Hub, error) {
	if len(on) == 0 {
		return nil, errors.New("this machine is in no network")
	}
	var joined sync.WaitGroup
	found, errs := make([][]Hub, len(on)), make([]error, len(on))
	for i, l := range on {
		joined.Go(func() { found[i], errs[i] = l.ask(ctx) })
	}
	joined.Wait()
	if !slices.Contains(errs, nil) {
		return nil, errs[0]
	}
	return slices.Concat(found...), nil
}

// ask asks once on a link. It asks over one protocol alone: the package ends a search when one of both has no route.
func (l link) ask(ctx context.Context) (hubs []Hub, err error) {
	answers := make(chan *mdns.ServiceEntry, maxHubs)
	four := l.networks[0].Addr().Is4()
	err = mdns.QueryContext(ctx, &mdns.QueryParam{Service: Service, Timeout: roundTime, Interface: &l.Interface, Entries: answers, DisableIPv4: !four, DisableIPv6: four, Logger: silent()})
	close(answers) // the package changes an answer until it returns, and sends none later
	for e := range answers {
		if h, err := hubOf(e, l.networks); err == nil {
			hubs = append(hubs, h)
		}
	}
	return hubs, explained(err)
}

// explained adds the usual cause to an error of the package: the kernel takes the interface of a multicast group from the routes.
func explained(err error) error {
	if err != nil && strings.Contains(err.Error(), "any multicast udp port") {
		return fmt.Errorf("%w (is there a default route?)", err)
	}
	return err
}
