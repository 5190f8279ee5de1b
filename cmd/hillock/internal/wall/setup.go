package wall

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/outfile"
)

// Limits of a setup.
const (
	maxShown = 40       // letters of a shown name
	maxNamed = 500      // boards in each list
	maxSetup = 64 << 10 // bytes of its file
)

// setup is the teacher's arrangement of the boards, by their names.
type setup struct {
	Names   map[string]string `json:"names"`   // shown in place of the board's own
	Order   []string          `json:"order"`   // the first boards; the others follow by name
	Muted   []string          `json:"muted"`   // hidden from the picture
	Removed []string          `json:"removed"` // until they are online again
}

func newSetup() setup {
	return setup{map[string]string{}, []string{}, []string{}, []string{}}
}

// name gives a board a shown name; "" is its own again.
func (s *setup) name(board, shown string) error {
	shown = strings.TrimSpace(shown)
	switch {
	case utf8.RuneCountInString(shown) > maxShown:
		return fmt.Errorf("name: must have at most %d letters, got %d", maxShown, utf8.RuneCountInString(shown))
	case strings.ContainsFunc(shown, func(r rune) bool { return !unicode.IsPrint(r) }):
		return errors.New("name: must have visible letters only")
	case shown == "" || shown == board:
		delete(s.Names, board)
		return nil
	case s.Names[board] == "" && len(s.Names) >= maxNamed:
		return fmt.Errorf("name: at most %d boards have one", maxNamed)
	}
	s.Names[board] = shown
	return nil
}

// taken returns an error for a shown name that another board has: one of those with a shown name, or of boards with their own.
func (s *setup) taken(board, shown string, boards []string) error {
	shown = strings.TrimSpace(shown)
	for _, other := range slices.AppendSeq(boards, maps.Keys(s.Names)) {
		if other != board && shown != board && strings.EqualFold(cmp.Or(s.Names[other], other), shown) {
			return fmt.Errorf("name: board %s has the name %q: choose another name", other, shown)
		}
	}
	return nil
}

// order puts boards first. The boards of the order before follow, such as muted ones and those that are away.
func (s *setup) order(first []string) {
	for _, board := range s.Order {
		if !slices.Contains(first, board) && len(first) < maxNamed {
			first = append(first, board)
		}
	}
	s.Order = first
}

// mark puts a board into a list or takes it out.
func mark(list []string, board string, in bool) []string {
	list = slices.DeleteFunc(slices.Clone(list), func(name string) bool { return name == board })
	if in && len(list) < maxNamed {
		list = append(list, board)
	}
	return list
}

// check returns an error for an impossible setup, such as that of a changed file.
func (s setup) check() error {
	for _, list := range [][]string{s.Order, s.Muted, s.Removed} {
		if len(list) > maxNamed {
			return fmt.Errorf("must have at most %d boards, got %d", maxNamed, len(list))
		}
		for i, board := range list {
			if err := class.CheckName(board); err != nil {
				return fmt.Errorf("board: %w", err)
			}
			if slices.Contains(list[:i], board) {
				return fmt.Errorf("board %s: must be in a list once", board)
			}
		}
	}
	if len(s.Names) > maxNamed {
		return fmt.Errorf("must have at most %d names, got %d", maxNamed, len(s.Names))
	}
	checked := newSetup()
	for board, shown := range s.Names {
		if err := class.CheckName(board); err != nil {
			return fmt.Errorf("board: %w", err)
		}
		if err := checked.name(board, shown); err != nil {
			return err
		}
	}
	return nil
}

// file returns the file of a class in a folder.
func file(folder, class string) string { return filepath.Join(folder, "walls", class+".json") }

// readSetup returns the kept setup of a class, an empty one without a file.
func readSetup(folder, class string) (setup, error) {
	s := newSetup()
	if folder == "" {
		return s, nil
	}
	name := file(folder, class)
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSetup+1))
	if err != nil {
		return s, err
	}
	if len(text) > maxSetup {
		return s, fmt.Errorf("%s: must have at most %d bytes: remove this file", name, maxSetup)
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	if err = d.Decode(&s); err == nil {
		err = s.check()
	}
	if err != nil {
		return s, fmt.Errorf("%s: %w: remove this file", name, err)
	}
	if s.Names == nil {
		s.Names = map[string]string{}
	}
	return s, nil
}

// write keeps the setup of a class.
func (s setup) write(folder, class string) error {
	if folder == "" {
		return nil
	}
	name := file(folder, class)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return outfile.Write(name, nil, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(s)
	})
}
