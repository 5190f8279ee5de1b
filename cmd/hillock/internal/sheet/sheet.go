// Package sheet prints and draws the wiring sheet of a kit.
package sheet

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"charm.land/lipgloss/v2"

	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/readable"
	"hillock/hw/wiring"
)

// Files are the files of the drawing: "" for none, "-" for standard output. A drawing of several pages needs a file.
type Files struct{ SVG, PNG string }

// Write draws the files and prints their names to messages. It prints the table and the header to out, unless a drawing goes
// there.
func Write(out, messages io.Writer, kit *wiring.Netlist, to Files) error {
	var written []string
	for _, d := range []struct {
		file string
		draw func(*wiring.Page, io.Writer) error
	}{{to.SVG, (*wiring.Page).SVG}, {to.PNG, (*wiring.Page).PNG}} {
		if d.file == "" {
			continue
		}
		for i, page := range kit.Pages() {
			file := pageFile(d.file, i+1)
			if err := outfile.Write(file, out, func(w io.Writer) error { return d.draw(page, w) }); err != nil {
				return err
			}
			if file != "-" {
				written = append(written, file)
			}
		}
	}
	if to.SVG != "-" && to.PNG != "-" {
		if err := show(out, kit); err != nil {
			return err
		}
	}
	if written != nil {
		fmt.Fprintf(messages, "%s written\n", strings.Join(written, ", "))
	}
	return nil
}

// pageFile returns the file of a page of a drawing: kit.svg, kit-2.svg and so on.
func pageFile(file string, page int) string {
	if page == 1 {
		return file
	}
	ext := filepath.Ext(file)
	return fmt.Sprintf("%s-%d%s", strings.TrimSuffix(file, ext), page, ext)
}

// show prints the table and the header, in the colours of the wires on a terminal with colours and without NO_COLOR.
func show(w io.Writer, kit *wiring.Netlist) error {
	colour := paint
	if os.Getenv("NO_COLOR") != "" {
		colour = nil
	}
	var b strings.Builder
	width, _, _ := readable.Terminal(w) // 0 elsewhere
	if err := kit.Table(&b, width); err != nil {
		return err
	}
	_, err := lipgloss.Fprint(w, b.String()+"\n"+kit.Header(colour))
	return err
}

// paint returns a text in the colour of a wire. Black is bold only: a dark terminal would hide it.
func paint(c wiring.Color, text string) string {
	style := lipgloss.NewStyle().Bold(true)
	if c.Name != "black" {
		style = style.Foreground(lipgloss.Color(fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)))
	}
	return style.Render(text)
}
