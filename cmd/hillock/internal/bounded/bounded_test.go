package bounded_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hillock/cmd/hillock/internal/bounded"
)

func TestCallHasADeadline(t *testing.T) {
	full := errors.New("no space left on device")
	forever := func(release chan struct{}) func() error {
		return func() error { <-release; return nil }
	}
	for _, tt := range []struct {
		name string
		f    func(release chan struct{}) func() error
		want string
		took time.Duration
	}{
		{"in time", func(chan struct{}) func() error { return func() error { return nil } }, "<nil>", 0},
		{"an error", func(chan struct{}) func() error { return func() error { return full } }, "no space left on device", 0},
		{"for ever", forever, "the summary: not done within 2 s", 2 * time.Second},
		{"a panic", func(chan struct{}) func() error { return func() error { panic("in a writer") } }, "panic: in a writer", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				release, began := make(chan struct{}), time.Now()
				err := bounded.Call(2*time.Second, "the summary", tt.f(release))
				first, _, _ := strings.Cut(fmt.Sprint(err), "\n")
				if first != tt.want || time.Since(began) != tt.took {
					t.Errorf("got %s after %v, want %s after %v", first, time.Since(began), tt.want, tt.took)
				}
				close(release)
			})
		})
	}
}

func TestQueuePassesLinesOnInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		q := bounded.NewQueue(&out, 1000)
		want := ""
		for i := range 20 {
			line := fmt.Sprintln("line", i)
			want += line
			if n, err := io.WriteString(q, line); n != len(line) || err != nil {
				t.Errorf("got %d, %v; want %d and no error", n, err, len(line))
			}
		}
		if err := q.Close(time.Second); err != nil || out.String() != want {
			t.Errorf("got %v and %q, want %q", err, out.String(), want)
		}
	})
}

func TestQueueCountsDroppedLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		read, write := io.Pipe()
		q := bounded.NewQueue(write, len("line 1\nline 2\n"))
		say := func(i int) {
			fmt.Fprintln(q, "line", i)
			synctest.Wait()
		}
		for i := range 6 { // one is being written, two fit
			say(i)
		}
		buffer := make([]byte, 7)
		if _, err := io.ReadFull(read, buffer); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		say(6)
		say(7) // no room beside the note
		var got []byte
		all := make(chan error)
		go func() {
			var err error
			got, err = io.ReadAll(read)
			all <- err
		}()
		if err := q.Close(time.Second); err != nil {
			t.Error(err)
		}
		write.Close()
		if err := <-all; err != nil {
			t.Fatal(err)
		}
		const dropped = "hillock: %d log lines dropped here: too many were waiting\n"
		want := "line 1\nline 2\n" + fmt.Sprintf(dropped, 3) + "line 6\n" + fmt.Sprintf(dropped, 1)
		if string(buffer) != "line 0\n" || string(got) != want {
			t.Errorf("got %q and\n%swant line 0 and\n%s", buffer, got, want)
		}
	})
}

func TestHeldQueueKeepsItsLines(t *testing.T) {
	for _, closed := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			var out strings.Builder
			q := bounded.NewQueue(&out, len("before\nheld 0\nheld 1\n"))
			fmt.Fprintln(q, "before")
			synctest.Wait()
			release := q.Hold()
			for i := range 4 { // two find no room
				fmt.Fprintln(q, "held", i)
			}
			synctest.Wait()
			if out.String() != "before\n" {
				t.Errorf("got %q from a held queue", out.String())
			}
			want := "before\nheld 0\nheld 1\nheld 2\nhillock: 1 log lines dropped here: too many were waiting\n"
			if !closed {
				release()
				synctest.Wait()
				fmt.Fprintln(q, "after")
				want += "after\n"
			}
			if err := q.Close(time.Second); err != nil || out.String() != want {
				t.Errorf("got %v and %q, want %q", err, out.String(), want)
			}
		})
	}
}

func TestClosedQueueDoesNotWaitForItsReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		read, write := io.Pipe()
		q := bounded.NewQueue(write, 1000)
		for i := range 3 {
			fmt.Fprintln(q, "line", i)
		}
		synctest.Wait()
		want, began := "the log: not read within 2 s: at least 2 lines lost", time.Now()
		if err := q.Close(2 * time.Second); fmt.Sprint(err) != want || time.Since(began) != 2*time.Second {
			t.Errorf("got %v after %v, want %s after 2s", err, time.Since(began), want)
		}
		if n, err := io.WriteString(q, "too late\n"); n != 9 || err != nil {
			t.Errorf("got %d, %v from a closed queue; want 9 and no error", n, err)
		}
		read.Close()
	})
}

func TestQueueIgnoresAClosedReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		read, write := io.Pipe()
		read.Close()
		q := bounded.NewQueue(write, 1000)
		fmt.Fprintln(q, "line")
		if err := q.Close(time.Second); err != nil {
			t.Error(err)
		}
	})
}
