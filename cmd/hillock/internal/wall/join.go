package wall

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// Invitation is what a board needs to join.
type Invitation struct {
	Class     string   `json:"class"`
	Addresses []string `json:"addresses"` // of the broker, such as mqtt://192.168.1.5:1883; none: boards need no address
	Code      string   `json:"code,omitempty"`
	QR        *code    `json:"qr,omitempty"`
}

// code is a QR code as the path of an SVG image.
type code struct {
	Size int    `json:"size"`
	Path string `json:"path"`
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
		text = "hillock run --class " + i.Class
		if code != "" {
			text = "HILLOCK_CODE=" + code + " " + text
		}
		if len(i.Addresses) > 0 {
			text += " --broker " + i.Addresses[0]
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
