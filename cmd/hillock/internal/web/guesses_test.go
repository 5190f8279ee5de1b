package web

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/serve"
)

// Wrong tokens are reported at most once a second, and each of them counts.
func TestWrongTokensAreReportedOnceASecond(t *testing.T) {
	var reports []string
	began := time.Time{}
	o := serve.Options{Clients: 5, Token: "KNOBANDLED", WrongTokens: func(n int, from string) {
		reports = append(reports, fmt.Sprintf("%v: %d from %s", time.Since(began), n, from))
	}}
	inBubble(t, o, func(t *testing.T, w *world) {
		began = time.Now()
		viewers := []*viewer{w.view(t), w.view(t), w.view(t), w.view(t), w.view(t)}
		for _, v := range viewers[:4] {
			v.say(t, `{"type":"auth","token":"KNOBANDLEG"}`)
		}
		time.Sleep(serve.GuessTime / 2)
		viewers[4].say(t, `{"type":"auth","token":"KNOBANDLEG"}`)
		time.Sleep(5 * time.Second)
		viewers[0].say(t, `{"type":"auth","token":"KNOBANDLEG"}`)
		viewers[1].say(t, `{"type":"auth","token":"KNOBANDLED"}`)
		synctest.Wait()
		want := []string{"0s: 1 from 10.0.0.1:1", "1s: 4 from 10.0.0.5:1", "5.5s: 1 from 10.0.0.1:1"}
		if diff := cmp.Diff(want, reports); diff != "" {
			t.Errorf("reports (-want +got):\n%s", diff)
		}
	})
}
