// Package sheet prints and draws the wiring of a kit: as wiring sheet, or on a breadboard.
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
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/hw/wiring"
)

// Options are the flags of the command. A file is "" for no drawing, or "-" for standard output.
type Options struct {
	SVG, PNG   string
	Breadboard bool
	Step       int  // of the list, the last one drawn; 0 for all
	Steps      bool // a drawing for each step
}

// drawing is a page of a drawing, with a function for each format.
type drawing struct {
	suffix   string // of the file's name: "-2"
	svg, png func(io.Writer) error
}

// Check returns an error for files or flags that do not go together.
func (o Options) Check() error {
	for _, f := range o.files() {
		if ext := filepath.Ext(f.name); ext == ".svg" && f.flag == "png" || ext == ".png" && f.flag == "svg" {
			return usage.Errorf("--%s: must not end in %s, got %q", f.flag, ext, f.name)
		}
	}
	switch {
	case o.Step != 0 && o.Steps:
		return usage.Errorf("--steps: must be without --step: use one of them")
	case o.Step != 0 && !o.Breadboard:
		return usage.Errorf("--step: must be with --breadboard: add it")
	case o.Steps && !o.Breadboard:
		return usage.Errorf("--steps: must be with --breadboard: add it")
	case o.Steps && o.SVG == "" && o.PNG == "":
		return usage.Errorf("--steps: must be with a file: add --svg my.svg")
	}
	return nil
}

type file struct{ flag, name string }

func (o Options) files() (all []file) {
	for _, f := range []file{{"svg", o.SVG}, {"png", o.PNG}} {
		if f.name != "" {
			all = append(all, f)
		}
	}
	return all
}

// Write draws the files and prints their names to messages. It prints the table and the header, or the list of steps, to out, unless
// a drawing goes there.
func (o Options) Write(out, messages io.Writer, cfg *config.Config) error {
	if cfg.Kit != nil {
		return usage.Error{Err: config.Problems(cfg.Kit)}
	}
	kit, err := wiring.New(cfg)
	if err != nil {
		return usage.Error{Err: err}
	}
	var drawings []drawing
	var text string
	if o.Breadboard {
		drawings, text, err = o.breadboard(kit)
	} else {
		drawings, text, err = pages(kit), "", nil
		if text, err = table(kit, out); err != nil {
			return err
		}
	}
	if err != nil {
		return usage.Error{Err: err}
	}
	if err := o.draw(drawings, out, messages); err != nil || o.SVG == "-" || o.PNG == "-" {
		return err
	}
	_, err = lipgloss.Fprint(out, text)
	return err
}

// pages returns the pages of a wiring sheet.
func pages(kit *wiring.Netlist) (all []drawing) {
	for i, page := range kit.Pages() {
		all = append(all, drawing{pageSuffix(i + 1), page.SVG, page.PNG})
	}
	return all
}

// pageSuffix returns the suffix of a page: "" for the first one, "-2" and so on.
func pageSuffix(page int) string {
	if page == 1 {
		return ""
	}
	return fmt.Sprintf("-%d", page)
}

// draw writes the drawings.
func (o Options) draw(drawings []drawing, out, messages io.Writer) error {
	var written []string
	for _, f := range o.files() {
		if f.name == "-" && len(drawings) > 1 {
			return usage.Errorf("--%s: must be a file's name for a drawing of %d pages, got -", f.flag, len(drawings))
		}
	}
	for _, f := range o.files() {
		for _, d := range drawings {
			name, draw := f.name, d.svg
			if f.flag == "png" {
				draw = d.png
			}
			if name != "-" {
				ext := filepath.Ext(name)
				name = strings.TrimSuffix(name, ext) + d.suffix + ext
				written = append(written, name)
			}
			if err := outfile.Write(name, out, draw); err != nil {
				return err
			}
		}
	}
	if written != nil {
		fmt.Fprintf(messages, "%s written\n", strings.Join(written, ", "))
	}
	return nil
}

// table returns the table and the header, in the colours of the wires.
func table(kit *wiring.Netlist, out io.Writer) (string, error) {
	var b strings.Builder
	width, _, _ := readable.Terminal(out) // 0 elsewhere
	err := kit.Table(&b, width)
	return b.String() + "\n" + kit.Header(painted()), err
}

// painted returns the function for colours, nil with NO_COLOR.
func painted() func(wiring.Color, string) string {
	if os.Getenv("NO_COLOR") != "" {
		return nil
	}
	return paint
}

// paint returns a text in the colour of a wire. Black is bold only: a dark terminal would hide it.
func paint(c wiring.Color, text string) string {
	style := lipgloss.NewStyle().Bold(true)
	if c.Name != "black" {
		style = style.Foreground(lipgloss.Color(fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)))
	}
	return style.Render(text)
}
