package discover

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/mdns"

	"hillock/config"
)

// Bounds of an answer.
const (
	maxHubs    = 64 // of one round
	maxName    = 63 // bytes of a DNS label
	maxFields  = 16
	maxField   = 255 // bytes of a string in TXT
	maxVersion = 64
)

// hubOf returns the hub of an answer. It refuses foreign services, bad names and ports, and addresses outside the networks.
func hubOf(e *mdns.ServiceEntry, networks []netip.Prefix) (Hub, error) {
	name, ok := strings.CutSuffix(e.Name, "."+Service+".local.")
	if !ok || name == "" || len(name) > 4*maxName { // a byte may be written as \032
		return Hub{}, fmt.Errorf("name: must be of the service %s, got %.99q", Service, e.Name)
	}
	h := Hub{Name: name}
	addr, inside := addressOf(e.AddrV4, networks)
	if !inside && e.AddrV6IPAddr != nil {
		addr, inside = addressOf(e.AddrV6IPAddr.IP, networks)
	}
	if !inside {
		return Hub{}, fmt.Errorf("address: must be in a network of this machine, got %v", addr)
	}
	if e.Port < 1 || e.Port > 65535 {
		return Hub{}, fmt.Errorf("port: must be from 1 to 65535, got %d", e.Port)
	}
	h.Broker = netip.AddrPortFrom(addr, uint16(e.Port))
	fields, err := fieldsOf(e.InfoFields)
	if err != nil {
		return Hub{}, err
	}
	if h.Class = fields["class"]; !config.ValidName(h.Class) {
		return Hub{}, fmt.Errorf("class: %s, got %q", config.NameRule, h.Class)
	}
	if h.ID = fields["id"]; !config.ValidName(h.ID) {
		h.ID = name
	}
	h.TLS = fields["tls"] == "1"
	if wall, ok := fields["wall"]; ok {
		port, err := strconv.ParseUint(wall, 10, 16)
		if err != nil || port == 0 {
			return Hub{}, fmt.Errorf("wall: must be from 1 to 65535, got %q", wall)
		}
		h.Wall = int(port)
	}
	if h.Version = fields["version"]; len(h.Version) > maxVersion || strings.ContainsFunc(h.Version, func(r rune) bool { return r < ' ' || r > '~' }) {
		return Hub{}, fmt.Errorf("version: must be at most %d ASCII characters, got %.99q", maxVersion, h.Version)
	}
	return h, nil
}

// addressOf returns an address, and whether it is one of a computer in the networks.
func addressOf(ip net.IP, networks []netip.Prefix) (addr netip.Addr, inside bool) {
	addr, ok := netip.AddrFromSlice(ip)
	addr = addr.Unmap()
	inside = slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(addr) })
	return addr, ok && inside && !addr.IsUnspecified() && !addr.IsMulticast()
}

// fieldsOf returns the fields of TXT by key in lower case. The first field of a key counts (RFC 6763, section 6.4).
func fieldsOf(txt []string) (map[string]string, error) {
	if len(txt) > maxFields {
		return nil, fmt.Errorf("TXT: must have at most %d fields, got %d", maxFields, len(txt))
	}
	fields := map[string]string{}
	for _, field := range txt {
		if len(field) > maxField {
			return nil, fmt.Errorf("TXT: must have fields of at most %d bytes, got %d", maxField, len(field))
		}
		key, value, _ := strings.Cut(field, "=")
		key = strings.ToLower(key)
		if _, known := fields[key]; !known && key != "" {
			fields[key] = value
		}
	}
	return fields, nil
}
