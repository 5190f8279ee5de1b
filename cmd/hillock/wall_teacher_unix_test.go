//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/wall"
)

// Expressions for the wall.
const (
	names   = "[...document.querySelectorAll('#boards b')].map((b) => b.textContent).join(' ')"
	byName  = "ben emma ida jonas luis mara mila noah"
	picture = "$('#picture').toDataURL()"
	knows   = "document.documentElement.outerHTML.includes('K7QM-2RPD')"
)

// The teacher in a real browser, by mouse, keys and touch, with and without the token, and beside a second teacher.
func TestTeacherInChromium(t *testing.T) {
	ctx := chromium(t)
	invitation := wall.Options{Invitation: wall.Invitation{Found: true, Addresses: []string{"mqtt://192.168.1.5:1883"}}, Code: "K7QM-2RPD", URL: "http://192.168.1.5:8080"}
	t.Run("one teacher", func(t *testing.T) {
		r := newRoom(t, invitation, 8, 40, true)
		p := open(t, ctx, r.url)
		p.until(t, names+" === '"+byName+"'")
		for _, part := range []struct {
			name string
			try  func(*testing.T, *room)
		}{
			{"screen reader", p.spoken}, {"freeze", p.freezes}, {"order", p.sorts}, {"order by touch", p.sortsByTouch},
			{"name", p.christens}, {"mute", p.mutes}, {"remove", p.removes}, {"join and map", p.joins},
		} {
			ok := t.Run(part.name, func(t *testing.T) {
				defer p.well(t)
				part.try(t, r)
			})
			if !ok {
				return // the next parts begin at the end of this one
			}
		}
		kept, err := os.ReadFile(filepath.Join(r.folder, "walls", "9b.json"))
		if err != nil || !strings.Contains(string(kept), `"emma": "Henriette Müßig"`) {
			t.Errorf("got %s and %v, want the name", kept, err)
		}
	})
	t.Run("two teachers", func(t *testing.T) {
		r := newRoom(t, invitation, 8, 40, true)
		p, q := open(t, ctx, r.url), open(t, ctx, r.url)
		defer p.well(t)
		defer q.well(t)
		for _, tab := range []*tab{p, q} {
			tab.until(t, names+" === '"+byName+"'")
		}
		p.teachesWith(t, r, q)
	})
	t.Run("a stranger and the token", func(t *testing.T) {
		o := invitation
		o.Token, o.Beyond = "open sesame", true
		r := newRoom(t, o, 8, 40, true)
		p := open(t, ctx, at(t, remote, r.url))
		defer p.well(t)
		p.until(t, "document.querySelectorAll('#boards li').length === 8")
		p.watchesOnly(t)
		eval[chromedp.Void](t, p, "$('#token').focus()")
		p.do(t, chromedp.KeyEvent("open sesamf"+kb.Enter))
		p.until(t, "!$('#error').hidden && text('#error') === 'wrong token'")
		p.do(t, chromedp.KeyEvent("open sesame"+kb.Enter))
		p.until(t, knows+" && !$('#freeze').hidden && $('#auth').hidden && $('#error').hidden")
		p.do(t, chromedp.Reload())
		p.until(t, knows+" && !$('#freeze').hidden && document.querySelectorAll('#boards li').length === 8")
		p.sorts(t, r)
		p.removes(t, r)
	})
}

// wish sends the server a message, as another teacher's browser does.
func (p *tab) wish(t *testing.T, message map[string]any) {
	t.Helper()
	text, err := json.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	eval[chromedp.Void](t, p, fmt.Sprintf(`await new Promise((done, failed) => {
	  const ws = new WebSocket(location.href.replace('http', 'ws') + 'ws', ['hillock.wall.1']);
	  ws.onopen = () => { ws.send(%q); ws.close(); };
	  ws.onclose = done;
	  ws.onerror = failed;
	})`, text))
}

// said returns the role and the name of each control of the page, sorted, as a screen reader has them. It leaves out the figures of boards.
func (p *tab) said(t *testing.T) (all []string) {
	t.Helper()
	tree, err := chromedp.Call(p.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range tree.Nodes {
		if n.Ignored || n.Role == nil || n.Name == nil {
			continue
		}
		var role, name string
		if json.Unmarshal(n.Role.Value, &role) != nil || json.Unmarshal(n.Name.Value, &name) != nil {
			t.Fatalf("got %s %s", n.Role.Value, n.Name.Value)
		}
		if slices.Contains([]string{"button", "checkbox", "textbox", "dialog", "image", "group", "list", "region"}, role) {
			if board, _, _ := strings.Cut(name, " "); slices.Contains(pupils, board) {
				name = board
			}
			all = append(all, role+" "+name)
		}
	}
	slices.Sort(all)
	return all
}

// spoken checks the names of all controls, and the keys to the dialog of a board and back.
func (p *tab) spoken(t *testing.T, _ *room) {
	compare := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, p.said(t)); diff != "" {
			t.Errorf("controls (-want +got):\n%s", diff)
		}
	}
	p.until(t, "[...document.querySelectorAll('#boards .rate')].every((e) => e.textContent)")
	compare("button Dark", "button Freeze", "button Join", "button Keys", "button Map", "button ben", "button emma", "button ida", "button jonas", "button luis",
		"button mara", "button mila", "button name", "button noah", "button rate", "group sort by", "image QR code to join",
		"image Spikes of the last 10 s, newest at the right", "image The boards in a ring, an arrow for each synapse", "list Boards",
		"region Rasters of all boards", "region Who projects to whom")
	p.focus(t, 1)
	p.press(t, kb.Enter)
	p.until(t, "$('#board').open")
	compare("button Close", "button Remove", "button Save", "checkbox muted", "dialog ben", "textbox shown name")
	p.press(t, kb.Escape)
	p.until(t, "!$('#board').open && document.activeElement.textContent.includes('ben')")
}

// freezes stops the picture and lets it go on.
func (p *tab) freezes(t *testing.T, _ *room) {
	p.until(t, "drawnOn('#picture') > 0.01")
	eval[chromedp.Void](t, p, "document.activeElement.blur()")
	p.press(t, " ")
	p.until(t, "!$('#frozen').hidden && text('#freeze') === 'Go on'")
	const later = "await new Promise((done) => setTimeout(done, 300)).then(() => " + picture + ")"
	if before, after := eval[string](t, p, later), eval[string](t, p, later); before != after {
		t.Error("got a moving picture, want it frozen")
	}
	p.shot(t, "wall-frozen")
	p.click(t, "#freeze")
	p.until(t, "$('#frozen').hidden && text('#freeze') === 'Freeze'")
	eval[chromedp.Void](t, p, "(window.before = "+picture+")")
	p.until(t, "window.before !== "+picture)
}

// order waits for an order of the boards.
func (p *tab) order(t *testing.T, want string) {
	t.Helper()
	p.until(t, names+" === '"+want+"'")
}

// shift moves the focused board.
func (p *tab) shift(t *testing.T, keys ...string) {
	t.Helper()
	for _, k := range keys {
		p.do(t, chromedp.KeyEvent(k, chromedp.KeyModifiers(chromedp.ModifierShift)))
	}
}

// focus focuses the board in a place, from 1.
func (p *tab) focus(t *testing.T, place int) {
	t.Helper()
	eval[chromedp.Void](t, p, fmt.Sprintf("document.querySelector('#boards li:nth-child(%d) button').focus()", place))
}

// grip is a spot on the board in a place, from 1.
func (p *tab) grip(t *testing.T, place int) spot {
	t.Helper()
	return p.part(t, fmt.Sprintf("#boards li:nth-child(%d) button", place), 0.3, 0.5)
}

// sorts moves boards by keys and by mouse, and sorts them by name and rate.
func (p *tab) sorts(t *testing.T, _ *room) {
	p.order(t, byName)
	p.focus(t, 3)
	p.shift(t, kb.ArrowUp, kb.ArrowUp) // the second one needs the focus after the first
	p.order(t, "ida ben emma jonas luis mara mila noah")
	p.shift(t, kb.ArrowDown, kb.ArrowDown, kb.ArrowDown)
	p.order(t, "ben emma jonas ida luis mara mila noah")
	p.drag(t, p.grip(t, 8), p.grip(t, 5), p.grip(t, 3))
	p.order(t, "ben emma noah jonas ida luis mara mila")
	p.focus(t, 3)
	p.press(t, kb.Enter) // after a drag too
	p.until(t, "$('#board').open && text('#board-title') === 'noah'")
	p.press(t, kb.Escape)
	p.until(t, "!$('#board').open")
	p.press(t, "n")
	p.order(t, byName)
	p.click(t, "#by-rate")
	p.order(t, "emma luis jonas noah ida mila mara ben")
	p.click(t, "#by-name")
	p.order(t, byName)
	p.press(t, "r")
	p.until(t, names+" !== '"+byName+"'")
	p.press(t, "n")
	p.order(t, byName)
}

// sortsByTouch moves a board with a finger, as on a touch screen in a classroom.
func (p *tab) sortsByTouch(t *testing.T, _ *room) {
	finger := func(on bool) {
		if _, err := chromedp.Call(p.ctx, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: on}); err != nil {
			t.Fatal(err)
		}
	}
	touch := func(kind input.DispatchTouchEventType, at ...spot) {
		points := []*input.TouchPoint{}
		for _, s := range at {
			points = append(points, &input.TouchPoint{X: s.X, Y: s.Y})
		}
		if _, err := chromedp.Call(p.ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points}); err != nil {
			t.Fatal(err)
		}
	}
	finger(true)
	defer finger(false)
	places := []spot{p.grip(t, 1), p.grip(t, 2), p.grip(t, 3), p.grip(t, 4)}
	touch(input.DispatchTouchEventTypeTouchStart, places[0])
	for _, to := range places[1:] {
		touch(input.DispatchTouchEventTypeTouchMove, to)
	}
	touch(input.DispatchTouchEventTypeTouchEnd)
	p.order(t, "emma ida jonas ben luis mara mila noah")
	p.press(t, "n")
	p.order(t, byName)
}

// christens gives boards a name, and takes one back.
func (p *tab) christens(t *testing.T, _ *room) {
	name := func(keys string) {
		t.Helper()
		p.until(t, "$('#board').open")
		eval[chromedp.Void](t, p, "($('#shown').focus(), $('#shown').select())")
		p.do(t, chromedp.KeyEvent(keys+kb.Enter))
		p.until(t, "!$('#board').open")
	}
	p.focus(t, 1)
	p.press(t, kb.ArrowDown, kb.Enter)
	p.until(t, "text('#board-title') === 'emma' && !text('#facts').includes('jonas/n1') && text('#facts').includes('luis/n1 (250 ms)')")
	p.shot(t, "wall-board")
	name("Henriette Müßig")
	p.order(t, "ben Henriette Müßig ida jonas luis mara mila noah")
	p.until(t, "document.activeElement.textContent.includes('Henriette')")
	p.press(t, kb.End, kb.Enter)
	name("Zoë")
	p.order(t, "ben Henriette Müßig ida jonas luis mara mila Zoë")
	p.press(t, kb.Enter)
	name(kb.Backspace)
	p.order(t, "ben Henriette Müßig ida jonas luis mara mila noah")
}

// mutes hides a board and shows it again.
func (p *tab) mutes(t *testing.T, _ *room) {
	p.click(t, "#boards li:nth-child(7) button")
	p.click(t, "#mute")
	p.until(t, "text('#muted button') === 'mila' && !"+names+".includes('mila') && text('#count') === '8 boards'")
	p.click(t, "#board-close")
	p.click(t, "#muted button")
	p.until(t, "$('#board').open && $('#mute').checked")
	p.press(t, kb.Tab, kb.Tab, " ") // from the name to the check box
	p.until(t, "$('#muted').hidden && "+names+".endsWith('mila noah')")
	p.press(t, kb.Escape)
	p.until(t, "!$('#board').open")
}

// removes removes a board that is gone. It returns when it is online again.
func (p *tab) removes(t *testing.T, r *room) {
	p.click(t, "#boards li:nth-child(8) button")
	p.until(t, "$('#board').open && text('#board-title') === 'noah' && $('#remove').disabled")
	r.leave("noah")
	p.until(t, "text('#boards li:nth-child(8) .rate') === 'gone' && text('#count') === '7 of 8 boards' && !$('#remove').disabled")
	p.click(t, "#remove")
	p.until(t, "!$('#board').open && text('#count') === '7 boards' && !"+names+".includes('noah')")
	r.say("noah", class.KindState, []byte(class.Offline)) // retained
	r.comeBack("noah")
	p.until(t, "text('#count') === '8 boards' && "+names+".endsWith(' noah')")
}

// joins shows how to join, and hides and shows the map.
func (p *tab) joins(t *testing.T, _ *room) {
	p.press(t, "j")
	p.until(t, "$('#join').open && text('#join').includes('--broker mqtt://192.168.1.5:1883')")
	p.shot(t, "wall-join")
	p.press(t, "j")
	p.until(t, "!$('#join').open")
	p.press(t, "m")
	p.until(t, "$('#map').hidden")
	p.press(t, "m")
	p.until(t, "!$('#map').hidden && text('#synapses').includes('luis projects to Henriette Müßig')")
	p.press(t, "?")
	p.until(t, "$('#keys').open")
	p.press(t, "?")
	p.until(t, "!$('#keys').open")
}

// teachesWith has two teachers at the wall. The latest change counts, and both see it.
func (p *tab) teachesWith(t *testing.T, r *room, q *tab) {
	both := func(condition string) {
		t.Helper()
		p.until(t, condition)
		q.until(t, condition)
	}
	p.press(t, " ")
	both("!$('#frozen').hidden")
	q.click(t, "#freeze")
	both("$('#frozen').hidden")

	p.focus(t, 1)
	p.shift(t, kb.ArrowDown)
	both(names + " === 'emma ben ida jonas luis mara mila noah'")
	q.focus(t, 8)
	q.shift(t, kb.ArrowUp)
	both(names + " === 'emma ben ida jonas luis mara noah mila'")

	// One holds a board while the other one sorts. The board stays in the hand, and its drop counts.
	from, to := p.grip(t, 8), p.grip(t, 1)
	p.do(t, chromedp.MouseEvent(chromedp.MouseMoved, from.X, from.Y), chromedp.MouseEvent(chromedp.MousePressed, from.X, from.Y, chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.MouseEvent(chromedp.MouseMoved, to.X, to.Y, chromedp.ButtonLeft))
	const held = "[...document.querySelectorAll('#boards li')].sort((a, b) => a.offsetTop - b.offsetTop).map((e) => e.querySelector('b').textContent).join(' ')"
	p.until(t, held+" === 'mila emma ben ida jonas luis mara noah'")
	q.click(t, "#by-name")
	q.order(t, byName)
	p.wish(t, map[string]any{"type": "name", "board": "ben", "name": "Benno"})
	both(names + ".includes('Benno')")
	p.until(t, held+" === 'mila emma Benno ida jonas luis mara noah'")
	p.do(t, chromedp.MouseEvent(chromedp.MouseReleased, to.X, to.Y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	both(names + " === 'mila emma Benno ida jonas luis mara noah'")

	// A dialog shows the other's change, and closes with its board.
	r.leave("noah")
	both("text('#boards li:nth-child(8) .rate') === 'gone'")
	for _, tab := range []*tab{p, q} {
		tab.focus(t, 8)
		tab.press(t, kb.Enter)
		tab.until(t, "$('#board').open && !$('#remove').disabled")
	}
	p.click(t, "#mute")
	q.until(t, "$('#mute').checked")
	q.click(t, "#mute")
	p.until(t, "!$('#mute').checked")
	p.click(t, "#remove")
	both("!$('#board').open && text('#count') === '7 boards'")
}

// watchesOnly tries everything without the token.
func (p *tab) watchesOnly(t *testing.T) {
	if eval[bool](t, p, knows+" || !$('#freeze').hidden || !$('#sorting').hidden || $('#auth').hidden") {
		t.Error("a stranger got the join code or a button for changes")
	}
	p.press(t, " ", "n", "r")
	p.focus(t, 1)
	p.shift(t, kb.ArrowDown)
	p.drag(t, p.grip(t, 1), p.grip(t, 3), p.grip(t, 5))
	p.press(t, kb.Enter)
	p.until(t, "$('#board').open && $('#edit').hidden && text('#facts').includes('virtual Pi')")
	p.press(t, kb.Escape)
	p.until(t, "!$('#board').open && $('#frozen').hidden")
	p.order(t, byName)
}
