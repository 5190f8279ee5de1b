package wall

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// change makes a change of a viewer, completely or not at all, and keeps the setup.
func (w *Wall) change(v *viewer, m wish) error {
	w.keeping.Lock()
	defer w.keeping.Unlock()
	kept, err := w.apply(v, m)
	if err != nil || m.Type == "freeze" {
		return err
	}
	if err := kept.write(w.o.Folder, w.o.Class); err != nil {
		return fmt.Errorf("%s: done, but not kept for the next start: %w", m.Type, err)
	}
	return nil
}

// apply makes a change. It returns the new setup.
func (w *Wall) apply(v *viewer, m wish) (setup, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v.taken++
	s := w.setup
	s.Names = maps.Clone(s.Names)
	if m.Board != "" && w.world.boards[m.Board] == nil {
		return s, fmt.Errorf("%s: no board is called %.40q", m.Type, m.Board)
	}
	switch m.Type {
	case "freeze":
		w.film.freeze(m.On, time.Since(w.began))
	case "name":
		if err := cmp.Or(s.taken(m.Board, m.Name, w.world.Names()), s.name(m.Board, m.Name)); err != nil {
			return s, err
		}
	case "mute":
		s.Muted = mark(s.Muted, m.Board, m.On)
	case "order":
		s.order(w.world.named(m.Boards))
	case "remove":
		if !w.world.Remove(m.Board) {
			return s, fmt.Errorf("remove: %s is online: only a board that is gone can be removed", m.Board)
		}
		s.Removed = mark(s.Removed, m.Board, true)
	}
	s.Removed = slices.DeleteFunc(slices.Clone(s.Removed), func(name string) bool { return w.world.boards[name] != nil }) // back again
	if err := s.check(); err != nil {
		return s, fmt.Errorf("%s: %w", m.Type, err)
	}
	w.setup = s
	w.muted = w.world.ids(s.Muted)
	w.changes++
	return s, nil
}
