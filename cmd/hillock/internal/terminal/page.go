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

	"hillock/cmd/hillock/internal/braille"
	"hillock/cmd/hillock/internal/readable"
)

// Page is the address of the run's page.
type Page struct {
	URLs    []string
	Token   string // for changes, as shown to the user; "": no token needed
	warning atomic.Pointer[string]
}

// Warn shows n wrong tokens on the screen, the latest from an address.
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

// Announce prints the address and the token. On a terminal it adds the QR code, unless the scope is about to cover it.
func (p *Page) Announce(w io.Writer, hidden bool) {
	fmt.Fprintln(w, "open", strings.Join(p.URLs, " or "))
	if p.Token == "" {
		return
	}
	fmt.Fprintln(w, "token to make changes:", p.Token)
	if !hidden {
		PrintQR(w, p.URLs[0])
	}
}

// PrintQR prints the QR code of a text, if w is a terminal that can show it.
func PrintQR(w io.Writer, text string) {
	if Is(w) && os.Getenv("TERM") != "dumb" && showsBlocks(braille.Glyphs(os.Getenv)) {
		fmt.Fprintln(w, strings.Join(codeOf(text), "\n"))
	}
}

// showsBlocks reports whether a terminal shows the half blocks of a QR code.
func showsBlocks(glyphs func(rune) rune) bool { return glyphs == nil || glyphs('▀') == '▀' }

// draw returns the address and the token in rows no wider than width, and the QR code if it has room.
func (p *Page) draw(width, height int, glyphs func(rune) rune) []string {
	text := "open    " + strings.Join(p.URLs, "\nor      ")
	if p.Token == "" {
		return readable.Wrap(text+"\n\nOnly this machine can open the page: use --web=:8080 for the whole network.", width)
	}
	text += "\ntoken   " + p.Token + "  to make changes"
	if !showsBlocks(glyphs) {
		return readable.Wrap(text+"\n\nThe QR code needs a terminal with UTF-8.", width)
	}
	lines, code := readable.Wrap(text, width), p.code()
	if len(code) == 0 || width >= ansi.StringWidth(code[0]) && height >= len(lines)+len(code) {
		return append(lines, code...)
	}
	return readable.Wrap(fmt.Sprintf("%s\n\nNo room for the QR code: it needs %d columns and %d more lines.", text, ansi.StringWidth(code[0]), len(code)), width)
}

// code returns the QR code of the first address, without the token: any IPv4 address takes 17 rows.
func (p *Page) code() []string { return codeOf(p.URLs[0]) }

// codeOf returns the QR code of a text. Level L is enough on a screen without dirt.
func codeOf(text string) []string {
	c, err := qr.Encode(text, qr.L)
	if err != nil { // longer than any address
		return nil
	}
	if os.Getenv("NO_COLOR") != "" {
		return drawQR(c.Black, c.Size, "\x1b[7m") // black on white on a dark terminal
	}
	return drawQR(c.Black, c.Size, blackOnWhite)
}

// blackOnWhite is the same in every colour scheme of a terminal.
const blackOnWhite = "\x1b[38;5;16;48;5;231m"

// drawQR draws a code in the given colours, two modules a row, with a margin of four modules (ISO/IEC 18004).
func drawQR(black func(x, y int) bool, size int, colors string) (lines []string) {
	const margin = 4
	for y := -margin; y < size+margin; y += 2 {
		var b strings.Builder
		b.WriteString(colors)
		for x := -margin; x < size+margin; x++ {
			b.WriteString(map[[2]bool]string{{true, true}: "█", {true, false}: "▀", {false, true}: "▄", {false, false}: " "}[[2]bool{black(x, y), black(x, y+1)}])
		}
		b.WriteString("\x1b[0m")
		lines = append(lines, b.String())
	}
	return lines
}
