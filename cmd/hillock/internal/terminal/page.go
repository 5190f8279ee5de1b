package terminal

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/charmbracelet/x/ansi"
	"rsc.io/qr"

	"hillock/cmd/hillock/internal/readable"
)

// Page is where browsers find a run.
type Page struct {
	URLs    []string
	Token   string // what is shown of the token for changes; "" where none is needed
	warning atomic.Pointer[string]
}

// Warn puts wrong tokens on the screen.
func (p *Page) Warn(n int, from string) {
	text := fmt.Sprintf("%s wrong token from %s", time.Now().Format(time.TimeOnly), from)
	if n > 1 {
		text += fmt.Sprintf(", and %d more in the second before", n-1)
	}
	p.warning.Store(&text)
}

func (p *Page) String() string {
	text := "open " + strings.Join(p.URLs, " or ")
	if p.Token != "" {
		text += ", token " + p.Token
	}
	return text
}

// Announce says where it is, on a terminal with its code, unless a scope is going to hide that.
func (p *Page) Announce(w io.Writer, hidden bool) {
	fmt.Fprintln(w, "open", strings.Join(p.URLs, " or "))
	if p.Token == "" {
		return
	}
	fmt.Fprintln(w, "token to make changes:", p.Token)
	if !hidden && Is(w) && os.Getenv("TERM") != "dumb" {
		fmt.Fprintln(w, strings.Join(p.code(), "\n"))
	}
}

// draw is all of it on so much of a terminal: the code goes first where there is no room.
func (p *Page) draw(width, height int) []string {
	text := "open    " + strings.Join(p.URLs, "\nor      ")
	if p.Token == "" {
		return readable.Wrap(text+"\n\nOnly this machine can open the page: use --web=:8080 for the whole network.", width)
	}
	text += "\ntoken   " + p.Token + "  to make changes"
	lines, code := readable.Wrap(text, width), p.code()
	if len(code) == 0 || width >= ansi.StringWidth(code[0]) && height >= len(lines)+len(code) {
		return append(lines, code...)
	}
	return readable.Wrap(fmt.Sprintf("%s\n\nNo room for the QR code: it needs %d columns and %d more lines.", text, ansi.StringWidth(code[0]), len(code)), width)
}

// code is the QR code of the first address, for looking on: the token is not in it. Level L is enough on a screen, which has no
// dirt, and any IPv4 address is then 17 lines.
func (p *Page) code() []string {
	c, err := qr.Encode(p.URLs[0], qr.L)
	if err != nil { // longer than any address
		return nil
	}
	return drawQR(c.Black, c.Size)
}

// drawQR draws a code two rows to a line, black on white whatever the terminal's colours are, with the margin of four that
// ISO/IEC 18004 asks for.
func drawQR(black func(x, y int) bool, size int) (lines []string) {
	const margin = 4
	for y := -margin; y < size+margin; y += 2 {
		var b strings.Builder
		b.WriteString("\x1b[38;5;16;48;5;231m")
		for x := -margin; x < size+margin; x++ {
			b.WriteString(map[[2]bool]string{{true, true}: "█", {true, false}: "▀", {false, true}: "▄", {false, false}: " "}[[2]bool{black(x, y), black(x, y+1)}])
		}
		b.WriteString("\x1b[0m")
		lines = append(lines, b.String())
	}
	return lines
}
