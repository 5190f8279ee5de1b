package discover

import (
	"context"
	"crypto/rand"
	"encoding/xml"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hashicorp/mdns"

	"hillock/config"
)

var home = []netip.Prefix{netip.MustParsePrefix("192.168.1.9/24")}

// answer returns a good answer.
func answer() *mdns.ServiceEntry {
	return &mdns.ServiceEntry{Name: "9b\\032on\\032lab." + Service + ".local.", AddrV4: net.IPv4(192, 168, 1, 5), Port: 1883,
		InfoFields: []string{"class=9b", "wall=8080", "version=hillock 1.2", "Class=other", "", "=", "new"}}
}

func TestAnswersAreChecked(t *testing.T) {
	at := netip.MustParseAddrPort("192.168.1.5:1883")
	good := Hub{ID: "9b\\032on\\032lab", Name: "9b\\032on\\032lab", Class: "9b", Broker: at, Wall: 8080, Version: "hillock 1.2"}
	long := strings.Repeat("x", 300)
	txt := func(fields ...string) func(*mdns.ServiceEntry) {
		return func(e *mdns.ServiceEntry) { e.InfoFields = fields }
	}
	for _, tt := range []struct {
		name   string
		change func(*mdns.ServiceEntry)
		want   Hub
		fail   string
	}{
		{"good", func(*mdns.ServiceEntry) {}, good, ""},
		{"16 bytes", func(e *mdns.ServiceEntry) { e.AddrV4 = e.AddrV4.To16() }, good, ""},
		{"class alone", txt("class=A_b-1"), Hub{ID: good.ID, Name: good.Name, Class: "A_b-1", Broker: at}, ""},
		{"ID", txt("class=9b", "id=K7Q"), Hub{ID: "K7Q", Name: good.Name, Class: "9b", Broker: at}, ""},
		{"bad ID", txt("class=9b", "id=\n"), Hub{ID: good.ID, Name: good.Name, Class: "9b", Broker: at}, ""},
		{"TLS", txt("CLASS=9b", "tls=1"), Hub{ID: good.ID, Name: good.Name, Class: "9b", Broker: at, TLS: true}, ""},
		{"another service", func(e *mdns.ServiceEntry) { e.Name = "tv._googlecast._tcp.local." }, Hub{}, `name: must be of the service _hillock._tcp, got "tv._googlecast._tcp.local."`},
		{"no name", func(e *mdns.ServiceEntry) { e.Name = "." + Service + ".local." }, Hub{}, `name: must be of the service _hillock._tcp, got "._hillock._tcp.local."`},
		{"no address", func(e *mdns.ServiceEntry) { e.AddrV4 = nil }, Hub{}, "address: must be in a network of this machine, got invalid IP"},
		{"address elsewhere", func(e *mdns.ServiceEntry) { e.AddrV4 = net.IPv4(8, 8, 8, 8) }, Hub{}, "address: must be in a network of this machine, got 8.8.8.8"},
		{"loopback", func(e *mdns.ServiceEntry) { e.AddrV4 = net.IPv4(127, 0, 0, 1) }, Hub{}, "address: must be in a network of this machine, got 127.0.0.1"},
		{"odd address", func(e *mdns.ServiceEntry) { e.AddrV4 = net.IP{1, 2, 3} }, Hub{}, "address: must be in a network of this machine, got invalid IP"},
		{"port 0", func(e *mdns.ServiceEntry) { e.Port = 0 }, Hub{}, "port: must be from 1 to 65535, got 0"},
		{"no class", txt("wall=80"), Hub{}, `class: must be 1 to 32 letters, digits, _ and -, got ""`},
		{"class for a terminal", txt("class=\x1b[2J"), Hub{}, `class: must be 1 to 32 letters, digits, _ and -, got "\x1b[2J"`},
		{"class for a topic", txt("class=9b/#"), Hub{}, `class: must be 1 to 32 letters, digits, _ and -, got "9b/#"`},
		{"wall", txt("class=9b", "wall=80a"), Hub{}, `wall: must be from 1 to 65535, got "80a"`},
		{"wall 0", txt("class=9b", "wall=0"), Hub{}, `wall: must be from 1 to 65535, got "0"`},
		{"version", txt("class=9b", "version=\n"), Hub{}, `version: must be at most 64 ASCII characters, got "\n"`},
		{"long field", txt("class=9b", long), Hub{}, "TXT: must have fields of at most 255 bytes, got 300"},
		{"many fields", txt(slices.Repeat([]string{"a"}, 17)...), Hub{}, "TXT: must have at most 16 fields, got 17"},
	} {
		e := answer()
		tt.change(e)
		got, err := hubOf(e, home)
		if fail := fmt.Sprint(err); tt.fail == "" && err != nil || tt.fail != "" && fail != tt.fail {
			t.Errorf("%s: got error %q, want %q", tt.name, fail, tt.fail)
		}
		if diff := cmp.Diff(tt.want, got, cmpopts.EquateComparable(netip.AddrPort{})); err == nil && diff != "" {
			t.Errorf("%s: -want +got:\n%s", tt.name, diff)
		}
	}
}

// An answer is a hub with a good class and an address of this network, or an error.
func FuzzAnswer(f *testing.F) {
	e := answer()
	f.Add(e.Name, []byte(e.AddrV4), e.Port, strings.Join(e.InfoFields, "\n"))
	f.Add("."+Service+".local.", []byte{1}, -1, "class\nwall=\ntls=1")
	f.Fuzz(func(t *testing.T, name string, addr []byte, port int, txt string) {
		h, err := hubOf(&mdns.ServiceEntry{Name: name, AddrV4: addr, Port: port, InfoFields: strings.Split(txt, "\n")}, home)
		if err != nil {
			if len(err.Error()) > 1200 {
				t.Errorf("got an error of %d bytes", len(err.Error()))
			}
			return
		}
		if !config.ValidName(h.Class) || !home[0].Contains(h.Broker.Addr()) || h.Broker.Port() == 0 || h.Wall < 0 || h.Wall > 65535 {
			t.Errorf("got %+v", h)
		}
	})
}

func hub(name, class, at string) Hub {
	return Hub{ID: name, Name: name, Class: class, Broker: netip.MustParseAddrPort(at)}
}

func TestFindChoosesTheHubOfTheClass(t *testing.T) {
	a, wifi := hub("a", "9a", "192.168.1.5:1883"), hub("a", "9a", "192.168.7.5:1883")
	local, tls := hub("a", "9a", "127.0.0.1:1883"), hub("c", "9c", "192.168.1.7:8883")
	tls.TLS = true
	const none = `class "9b" had no answer within 3 s: start 'hillock hub --class 9b --listen :1883', or give the address of a broker with --broker`
	var many []Hub
	for i := range 10 {
		many = append(many, hub("h", fmt.Sprint("c", i), fmt.Sprintf("192.168.1.%d:1883", i)))
	}
	for _, tt := range []struct {
		name   string
		class  string
		rounds [][]Hub
		fail   error
		want   string
	}{
		{"one", "9a", [][]Hub{{a}}, nil, "mqtt://192.168.1.5:1883"},
		{"in the last round", "9a", [][]Hub{nil, {tls}, nil, {tls, a}}, nil, "mqtt://192.168.1.5:1883"},
		{"two addresses", "9a", [][]Hub{{wifi, local, a}}, nil, "mqtt://192.168.1.5:1883"},
		{"TLS", "9c", [][]Hub{{a, tls}}, nil, "mqtts://192.168.1.7:8883"},
		{"two hubs", "9a", [][]Hub{{a, hub("b", "9a", "192.168.1.6:1883")}}, nil,
			`two hubs of class "9a" answered, mqtt://192.168.1.5:1883 and mqtt://192.168.1.6:1883: end one, or choose one with --broker`},
		{"none", "9b", nil, nil, none},
		{"others", "9b", [][]Hub{{tls, a}, {wifi}, nil, {tls}}, nil, none + "; classes found: 9a (mqtt://192.168.1.5:1883), 9c (mqtts://192.168.1.7:8883)"},
		{"many others", "9b", [][]Hub{many}, nil, none + "; classes found: c0 (mqtt://192.168.1.0:1883), c1 (mqtt://192.168.1.1:1883), c2 (mqtt://192.168.1.2:1883), " +
			"c3 (mqtt://192.168.1.3:1883), c4 (mqtt://192.168.1.4:1883), c5 (mqtt://192.168.1.5:1883), c6 (mqtt://192.168.1.6:1883), c7 (mqtt://192.168.1.7:1883), and 2 more"},
		{"no network", "9b", nil, errors.New("this machine is in no network"),
			`looking for the hub of class "9b": this machine is in no network: give its address with --broker`},
	} {
		asked := 0
		h, err := find(t.Context(), tt.class, func() (hubs []Hub, err error) {
			if asked < len(tt.rounds) {
				hubs = tt.rounds[asked]
			}
			asked++
			return hubs, tt.fail
		})
		got := h.Address()
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s: got\n%s, want\n%s", tt.name, got, tt.want)
		}
		if want := 4; err == nil && asked != max(1, len(tt.rounds)) || asked > want {
			t.Errorf("%s: got %d questions, want at most %d", tt.name, asked, want)
		}
	}
}

func TestFindEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, err := find(ctx, "9b", func() ([]Hub, error) { cancel(); return nil, nil })
	if got, want := fmt.Sprint(err), `looking for the hub of class "9b": context canceled: give its address with --broker`; got != want || !errors.Is(err, context.Canceled) {
		t.Errorf("got %s, want %s", got, want)
	}
}

// The records of a hub are on the links of its broker alone.
func TestZoneFollowsTheBroker(t *testing.T) {
	for _, tt := range []struct {
		listen string
		want   []string
	}{
		{"0.0.0.0:1883", []string{"192.168.1.9"}},
		{"[::]:1883", []string{"192.168.1.9"}},
		{"192.168.1.9:1883", []string{"192.168.1.9"}},
		{"127.0.0.1:1883", nil},
		{"192.168.2.9:1883", nil},
		{"0.0.0.0:0", nil},
	} {
		var got []string
		if z := hub("a.b c", "9b", tt.listen).zone(link{networks: home}); z != nil {
			for _, ip := range z.IPs {
				got = append(got, ip.String())
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tt.listen, diff)
		}
	}
}

// A reader joins the answers of one name: a hub with two links has two names.
func TestEachLinkHasItsOwnName(t *testing.T) {
	h := hub("9b on lab", "9b", "0.0.0.0:1883")
	a, b := h.zone(link{Interface: net.Interface{Index: 1}, networks: home}), h.zone(link{Interface: net.Interface{Index: 2}, networks: home})
	if a.Instance == b.Instance || a.HostName == b.HostName || !slices.Equal(a.TXT, b.TXT) {
		t.Errorf("got %s at %s %q and %s at %s %q, want other names and the same text", a.Instance, a.HostName, a.TXT, b.Instance, b.HostName, b.TXT)
	}
}

// A hub answers on loopback. No other computer takes part.
func TestHubAnswersOnLoopback(t *testing.T) {
	i := slices.IndexFunc(links(), func(l link) bool { return l.Flags&net.FlagLoopback != 0 })
	if i < 0 {
		t.Skip("SKIPPED: needs a loopback interface with IPv4")
	}
	lo := links()[i]
	h := Hub{Class: "test-" + rand.Text(), Broker: netip.MustParseAddrPort("0.0.0.0:1234"), Wall: 8080, TLS: true, Version: "hillock (devel)"}
	h.Name = h.Class + " on a.b"
	a := Announce(h)
	defer a.Close()
	if len(a.servers) == 0 {
		t.Skip("SKIPPED: needs UDP port 5353 with multicast on loopback")
	}
	if _, err := find(t.Context(), h.Class, func() ([]Hub, error) { return ask(t.Context(), []link{lo}) }); err != nil {
		t.Skipf("SKIPPED: needs multicast on loopback: %v", err)
	}
	for range 4 {
		all, err := ask(t.Context(), []link{lo})
		got, chosen := choose(all, h.Class)
		if got.Name, got.ID = "", ""; got != (Hub{Class: h.Class, Broker: netip.MustParseAddrPort("127.0.0.1:1234"), Wall: 8080, TLS: true, Version: h.Version}) {
			t.Errorf("got %+v, %v and %v, want %+v", got, err, chosen, h)
		}
	}
}

// Find accepts the announcement of the package's file for avahi.
func TestAvahiFileAnnouncesAHub(t *testing.T) {
	text, err := os.ReadFile("../../../../deploy/avahi/hillock.service")
	if err != nil {
		t.Fatal(err)
	}
	var group struct {
		Services []struct {
			Type string   `xml:"type"`
			Port int      `xml:"port"`
			TXT  []string `xml:"txt-record"`
		} `xml:"service"`
	}
	if err := xml.Unmarshal(text, &group); err != nil || len(group.Services) != 1 {
		t.Fatalf("got %v and %d services, want one", err, len(group.Services))
	}
	s, e := group.Services[0], answer()
	e.Name, e.Port, e.InfoFields = "class\\0329b\\032on\\032lab."+s.Type+".local.", s.Port, s.TXT
	h, err := hubOf(e, home)
	if err != nil || h.Class != "9b" || h.Address() != "mqtt://192.168.1.5:1883" {
		t.Errorf("got %+v and %v, want the hub of class 9b", h, err)
	}
}

// Without a default route the system joins no multicast group. The error says so.
func TestErrorNamesTheMissingRoute(t *testing.T) {
	for _, tt := range []struct{ is, want string }{
		{"failed to bind to any multicast udp port", "failed to bind to any multicast udp port (is there a default route?)"},
		{"failed to bind to any unicast udp port", "failed to bind to any unicast udp port"},
	} {
		if got := explained(errors.New(tt.is)).Error(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// A network with IPv6 alone. An address beyond it is refused, and so is one of the link alone, which would need the name of an interface.
func TestHubWithIPv6AloneIsFound(t *testing.T) {
	networks := []netip.Prefix{netip.MustParsePrefix("fd00:9::2/64")}
	for _, tt := range []struct{ address, want string }{
		{"fd00:9::1", "mqtt://[fd00:9::1]:1883"},
		{"fd00:8::1", "address: must be in a network of this machine, got fd00:8::1"},
		{"fe80::1", "address: must be in a network of this machine, got fe80::1"},
		{"ff02::fb", "address: must be in a network of this machine, got ff02::fb"},
	} {
		e := answer()
		e.AddrV4, e.AddrV6IPAddr = nil, &net.IPAddr{IP: net.ParseIP(tt.address)}
		h, err := hubOf(e, networks)
		got := h.Address()
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.address, got, tt.want)
		}
	}
	h := Hub{Name: "9b on pi", Class: "9b", Broker: netip.MustParseAddrPort("[::]:1883")}
	if zone := h.zone(link{networks: networks}); zone == nil || len(zone.IPs) != 1 || zone.IPs[0].String() != "fd00:9::2" {
		t.Errorf("got %+v, want an announcement of fd00:9::2", zone)
	}
}
