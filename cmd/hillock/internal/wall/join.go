package wall

import (
	"fmt"
	"net/url"
	"strings"

	"rsc.io/qr"

	"hillock/cmd/hillock/internal/broker"
)

// Invitation is what a board needs to join.
type Invitation struct {
	Class     string   `json:"class"`
	Found     bool     `json:"-"`         // boards find the broker by themselves
	Addresses []string `json:"addresses"` // of the broker, such as mqtt://192.168.1.5:1883
	CA        string   `json:"-"`         // file of the broker's certificate authority; "": none
	Commands  []string `json:"commands"`  // for a board
	Code      string   `json:"code,omitempty"`
	QR        *code    `json:"qr,omitempty"`
}

// code is a QR code as the path of an SVG image.
type code struct {
	Size int    `json:"size"`
	Path string `json:"path"`
}

// commands returns the commands for a board, the shortest first.
func (i Invitation) commands(code bool) (all []string) {
	run := "hillock run --class " + i.Class + " --board NAME"
	if code && !i.here() {
		run += " --code-file " + i.Class + ".code"
	}
	if i.CA != "" {
		run += " --set net.ca=" + i.CA
	}
	if i.Found {
		all = append(all, run)
	}
	if len(i.Addresses) > 0 {
		all = append(all, run+" --broker "+i.Addresses[0])
	}
	return all
}

// here reports whether boards of this machine alone can join: they need no code.
func (i Invitation) here() bool {
	if i.Found || len(i.Addresses) == 0 {
		return false
	}
	u, err := url.Parse(i.Addresses[0])
	return err == nil && broker.Loopback(u.Hostname())
}

// secret returns the invitation with the join code, for those who may see it. The QR code is the wall's address, with the join code
// behind #: a browser never sends that part to a server. Without an address for other machines it is the command.
func (i Invitation) secret(code string, url string) Invitation {
	i.Code = code
	text := url
	switch {
	case url != "" && code != "":
		text += "/#" + code
	case url == "":
		if all := i.commands(false); len(all) > 0 {
			text = all[len(all)-1]
		}
		if code != "" {
			text = "HILLOCK_CODE=" + code + " " + text
		}
	}
	i.QR = drawn(text)
	return i
}

// drawn returns a QR code, nil for a text beyond any code.
func drawn(text string) *code {
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil
	}
	var b strings.Builder
	for y := range c.Size {
		for x := range c.Size {
			if c.Black(x, y) {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	return &code{c.Size, b.String()}
}
