package wall

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/serve"
)

// arranged returns the next setup that a viewer gets.
func (b browser) arranged(t *testing.T) (a arrangement) {
	t.Helper()
	if err := json.Unmarshal([]byte(b.next(t, "setup")), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// All actions need the token. Each of them reaches all viewers.
func TestTeachersActions(t *testing.T) {
	s := newServed(t, Options{Options: serve.Options{Token: "open sesame", Beyond: true}})
	for board, state := range map[string]string{"mara": "online", "ida": "offline"} {
		s.Take("hillock/1/9b/"+board+"/state", []byte(state))
	}
	s.mu.Lock()
	mara, ida := s.world.boards["mara"].id, s.world.boards["ida"].id
	s.mu.Unlock()
	actions := []struct {
		text string
		want arrangement
	}{
		{`{"type":"name","board":"mara","name":"Mara & Jörg"}`, arrangement{Names: map[string]string{"mara": "Mara & Jörg"}, Order: []string{}, Muted: []string{}}},
		{fmt.Sprintf(`{"type":"order","boards":[%d,%d]}`, mara, ida), arrangement{Names: map[string]string{"mara": "Mara & Jörg"}, Order: []string{"mara", "ida"}, Muted: []string{}}},
		{`{"type":"mute","board":"mara","on":true}`, arrangement{Names: map[string]string{"mara": "Mara & Jörg"}, Order: []string{"mara", "ida"}, Muted: []string{"mara"}}},
		{`{"type":"freeze","on":true}`, arrangement{Names: map[string]string{"mara": "Mara & Jörg"}, Order: []string{"mara", "ida"}, Muted: []string{"mara"}, Frozen: true}},
		{`{"type":"name","board":"mara","name":""}`, arrangement{Names: map[string]string{}, Order: []string{"mara", "ida"}, Muted: []string{"mara"}, Frozen: true}},
		{`{"type":"mute","board":"mara","on":false}`, arrangement{Names: map[string]string{}, Order: []string{"mara", "ida"}, Muted: []string{}, Frozen: true}},
		{`{"type":"freeze","on":false}`, arrangement{Names: map[string]string{}, Order: []string{"mara", "ida"}, Muted: []string{}}},
		{`{"type":"remove","board":"ida"}`, arrangement{Names: map[string]string{}, Order: []string{"mara", "ida"}, Muted: []string{}}},
	}
	stranger, teacher := s.watch(t, "192.168.1.5:8080", nil), s.watch(t, "192.168.1.5:8080", nil)
	first := stranger.arranged(t)
	for _, a := range actions {
		stranger.say(t, a.text)
		if got, want := stranger.next(t, "error"), "changes need the token of this wall"; got != want {
			t.Errorf("%s without the token: got %q, want %q", a.text, got, want)
		}
	}
	if diff := cmp.Diff(first, teacher.arranged(t)); diff != "" {
		t.Errorf("setup after the stranger's messages (-want +got):\n%s", diff)
	}
	teacher.say(t, `{"type":"auth","token":"open sesame"}`)
	for k, a := range actions {
		teacher.say(t, a.text)
		a.want.Type = "setup"
		if diff := cmp.Diff(a.want, stranger.arranged(t)); diff != "" {
			t.Errorf("%s: setup of the stranger (-want +got):\n%s", a.text, diff)
		}
		a.want.Taken = int64(k + 1)
		if diff := cmp.Diff(a.want, teacher.arranged(t)); diff != "" {
			t.Errorf("%s: setup of the teacher (-want +got):\n%s", a.text, diff)
		}
	}
	for {
		var n news
		if err := json.Unmarshal([]byte(stranger.next(t, "boards")), &n); err != nil {
			t.Fatal(err)
		}
		if slices.Equal(n.IDs, []uint16{mara}) {
			break // the removed board is away
		}
	}
}

// With two teachers the latest change counts. The last setup of each has all changes of its own: no page keeps an order of before.
func TestTwoTeachersSeeTheSame(t *testing.T) {
	s := newServed(t, Options{})
	for _, board := range []string{"ida", "mara", "tom"} {
		s.Take("hillock/1/9b/"+board+"/state", []byte("online"))
	}
	const changes = 20
	teachers := []browser{s.watch(t, "", nil), s.watch(t, "", nil)}
	for k := range changes {
		teachers[0].say(t, `{"type":"order","boards":[1,2,3]}`)
		teachers[1].say(t, `{"type":"order","boards":[3,2,1]}`)
		teachers[k%2].say(t, fmt.Sprintf(`{"type":"name","board":"ida","name":"Ida %d"}`, k))
	}
	var last [2]arrangement
	for k, b := range teachers {
		for last[k].Taken < changes*3/2 {
			last[k] = b.arranged(t)
		}
	}
	s.mu.Lock()
	want := s.setup
	s.mu.Unlock()
	for k, b := range teachers {
		for !slices.Equal(last[k].Order, want.Order) || last[k].Names["ida"] != want.Names["ida"] {
			last[k] = b.arranged(t)
		}
	}
	if diff := cmp.Diff(last[0], last[1]); diff != "" {
		t.Errorf("setups of the two:\n%s", diff)
	}
}

// An order of the largest class is a short message. Boards that are away keep their places behind it.
func TestOrderOfTheLargestClass(t *testing.T) {
	s := newServed(t, Options{Folder: t.TempDir()})
	s.setup.Order = []string{"away", "b7"}
	var ids, names []string
	for k := range maxBoards {
		name := fmt.Sprintf("b%d%s", k, strings.Repeat("x", 28))
		s.Take("hillock/1/9b/"+name+"/state", []byte("online"))
		ids, names = append(ids, fmt.Sprint(k+1)), append(names, name)
	}
	b := s.watch(t, "", nil)
	b.arranged(t)
	b.say(t, `{"type":"order","boards":[`+strings.Join(ids, ",")+`]}`)
	if diff := cmp.Diff(append(names, "away", "b7"), b.arranged(t).Order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}
