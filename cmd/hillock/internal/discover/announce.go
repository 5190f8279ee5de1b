package discover

import (
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"reflect"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/mdns"

	"hillock/config"
)

// lookTime is the time between two looks at the interfaces: a Wi-Fi may come after the hub.
const lookTime = 10 * time.Second

// Announcement answers questions for hubs. It works beside avahi: both have UDP port 5353, and answer for their own names.
type Announcement struct {
	hub     Hub
	servers []*mdns.Server
	on      []link
	end     chan struct{}
	joined  sync.WaitGroup
}

// Announce announces a hub until Close, on the links of its broker: on all of them for the address 0.0.0.0. New links count too.
func Announce(h Hub) *Announcement {
	h.ID = rand.Text()[:12]
	if h.Name == "" {
		host, _ := os.Hostname() // without one the class is the whole name
		h.Name = fmt.Sprintf("%.40s on %.16s", h.Class, host)
	}
	a := &Announcement{hub: h, end: make(chan struct{})}
	a.look(links())
	a.joined.Go(func() {
		tick := time.NewTicker(lookTime)
		defer tick.Stop()
		for {
			select {
			case <-a.end:
				return
			case <-tick.C:
				a.look(links())
			}
		}
	})
	return a
}

// look opens a server for each link, if the links have changed.
func (a *Announcement) look(on []link) {
	if reflect.DeepEqual(a.on, on) && len(a.servers) > 0 {
		return
	}
	a.shut()
	a.on = on
	for _, l := range on {
		zone := a.hub.zone(l)
		if zone == nil {
			continue
		}
		// Without a server on one link, as for a taken port, the others remain, and the address.
		if s, err := mdns.NewServer(&mdns.Config{Zone: zone, Iface: &l.Interface, Logger: silent()}); err == nil {
			a.servers = append(a.servers, s)
		}
	}
}

func (a *Announcement) shut() {
	for _, s := range a.servers {
		_ = s.Shutdown() // it returns nil
	}
	a.servers = nil
}

// Close ends the announcement.
func (a *Announcement) Close() error {
	close(a.end)
	a.joined.Wait()
	a.shut()
	return nil
}

// zone returns the records of the hub for a link; nil if the broker does not listen there. Each link has names of its own: the kernel
// passes a question of one link to the servers of all, and a reader joins the answers of one name.
func (h Hub) zone(l link) *mdns.MDNSService {
	var ips []net.IP
	for _, n := range l.networks {
		if at := h.Broker.Addr(); at == n.Addr() || at.IsUnspecified() || !at.IsValid() {
			ips = append(ips, n.Addr().AsSlice())
		}
	}
	if len(ips) == 0 {
		return nil
	}
	txt := []string{"class=" + h.Class, "id=" + h.ID}
	if h.Wall > 0 {
		txt = append(txt, "wall="+strconv.Itoa(h.Wall))
	}
	if h.TLS {
		txt = append(txt, "tls=1")
	}
	if h.Version != "" {
		txt = append(txt, fmt.Sprintf("version=%.*s", maxVersion, h.Version))
	}
	// A name of its own, so that avahi's name of this computer keeps its addresses.
	name, host := fmt.Sprint(h.Name, " ", l.Index), fmt.Sprintf("hillock-hub-%s-%d.local.", h.Class, l.Index)
	zone, err := mdns.NewMDNSService(escaped(name), Service, "local.", host, int(h.Broker.Port()), ips, txt)
	if err != nil {
		return nil // a hub without a port
	}
	return zone
}

// escaped returns a name as one label of a DNS name in text: dots and backslashes with a backslash, other bytes than letters, digits and - in
// decimal.
func escaped(name string) string {
	label := ""
	for _, b := range []byte(name[:min(len(name), maxName)]) {
		switch c := string(b); {
		case config.ValidName(c):
			label += c
		default:
			label += fmt.Sprintf("\\%03d", b)
		}
	}
	return label
}
