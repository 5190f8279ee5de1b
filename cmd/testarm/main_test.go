package main

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const events = `
{"Action":"run","Package":"a","Test":"TestOne"}
{"Action":"pass","Package":"a","Test":"TestOne"}
{"Action":"run","Package":"a","Test":"TestParts"}
{"Action":"run","Package":"a","Test":"TestParts/x"}
{"Action":"run","Package":"a","Test":"TestParts/1/2"}
{"Action":"output","Package":"a","Test":"TestParts/x","Output":"    a_test.go:1: SKIPPED: no x here\n"}
{"Action":"output","Package":"a","Test":"TestParts/x","Output":"    --- SKIP: TestParts/x (0.00s)\n"}
{"Action":"skip","Package":"a","Test":"TestParts/x"}
{"Action":"pass","Package":"a","Test":"TestParts/1/2"}
{"Action":"pass","Package":"a","Test":"TestParts"}
{"Action":"pass","Package":"a","Elapsed":1.26}
{"Action":"run","Package":"b","Test":"TestOne"}
{"Action":"output","Package":"b","Test":"TestOne","Output":"got 1, want 2\n"}
{"Action":"fail","Package":"b","Test":"TestOne"}
{"Action":"run","Package":"b","Test":"TestMute"}
{"Action":"skip","Package":"b","Test":"TestMute"}
{"Action":"skip","Package":"c"}
{"ImportPath":"d","Action":"build-output","Output":"undefined: x\n"}
`

func TestResultsAreParsed(t *testing.T) {
	var failed strings.Builder
	got, err := read(strings.NewReader(events), &failed, io.Discard, nil)
	want := results{
		{"a", "TestOne"}: "", {"a", "TestParts/x"}: "no x here", {"a", "TestParts/1/2"}: "", {"b", "TestMute"}: "no reason given",
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(test{})); err != nil || diff != "" {
		t.Errorf("got %v; results (-want +got):\n%s", err, diff)
	}
	if want := "got 1, want 2\nundefined: x\n"; failed.String() != want {
		t.Errorf("got %q printed, want %q", failed.String(), want)
	}
	if want := "passed 2, skipped 2\n       skipped: TestMute (no reason given)\n       skipped: TestParts/x (no x here)\n"; got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if _, err := read(strings.NewReader("{}\npanic"), &failed, io.Discard, nil); err == nil {
		t.Error("got no error for a malformed event")
	}
}

func TestReportOfATestRun(t *testing.T) {
	var got strings.Builder
	if err := report(strings.NewReader(events), &got); err != nil {
		t.Fatal(err)
	}
	want := `ok     a (1.3 s)
got 1, want 2
undefined: x
passed 2, skipped 2
       skipped: TestMute (no reason given)
       skipped: TestParts/x (no x here)
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
}

func TestTableOfTestsByBoard(t *testing.T) {
	const events = `
{"Action":"run","Package":"a","Test":"TestPiRuns"}
{"Action":"run","Package":"a","Test":"TestPiRuns/3b"}
{"Action":"attr","Package":"a","Test":"TestPiRuns/3b","Key":"board","Value":"3b"}
{"Action":"run","Package":"a","Test":"TestPiRuns/zero"}
{"Action":"attr","Package":"a","Test":"TestPiRuns/zero","Key":"board","Value":"zero"}
{"Action":"run","Package":"a","Test":"TestPiRuns/3b/knob"}
{"Action":"pass","Package":"a","Test":"TestPiRuns/3b/knob"}
{"Action":"run","Package":"a","Test":"TestPiRuns/3b/bar"}
{"Action":"pass","Package":"a","Test":"TestPiRuns/3b/bar"}
{"Action":"pass","Package":"a","Test":"TestPiRuns/3b","Elapsed":21.25}
{"Action":"output","Package":"a","Test":"TestPiRuns/zero","Output":"the guest died\n"}
{"Action":"fail","Package":"a","Test":"TestPiRuns/zero","Elapsed":3}
{"Action":"run","Package":"a","Test":"TestPiDoctor"}
{"Action":"attr","Package":"a","Test":"TestPiDoctor","Key":"board","Value":"zero"}
{"Action":"pass","Package":"a","Test":"TestPiDoctor","Elapsed":8.04}
{"Action":"run","Package":"a","Test":"TestPiWitnesses"}
{"Action":"output","Package":"a","Test":"TestPiWitnesses","Output":"SKIPPED: no module\n"}
{"Action":"skip","Package":"a","Test":"TestPiWitnesses"}`
	var got strings.Builder
	if err := boards(strings.NewReader(events), &got); err != nil {
		t.Fatal(err)
	}
	want := `pass TestPiRuns/3b on 3b
fail TestPiRuns/zero on zero
the guest died
pass TestPiDoctor on zero
test           3b                     zero
TestPiDoctor                          pass 8.0 s
TestPiRuns     pass 21.2 s, 2 tests   fail 3.0 s
passed 3, skipped 1
       skipped: TestPiWitnesses (no module)
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}

func TestUnrunTestsAreMissing(t *testing.T) {
	x, y, other := test{"a", "TestOne/x"}, test{"a", "TestOne/1/2"}, test{"b", "TestOne"}
	here := results{x: "", y: "", other: ""}
	for _, tt := range []struct {
		name  string
		there results
		want  string
	}{
		{"all passed", results{x: "", y: "", other: ""}, ""},
		{"some were skipped", results{x: "why", y: "", other: "why"}, ""},
		{"the enclosing test was skipped", results{{"a", "TestOne"}: "why", other: ""}, ""},
		{"the enclosing test left them out", results{{"a", "TestOne"}: "", other: ""}, "a TestOne/1/2, a TestOne/x"},
		{"the same name in another package", results{x: "", y: "", {"c", "TestOne"}: ""}, "b TestOne"},
		{"none ran", nil, "a TestOne/1/2, a TestOne/x, b TestOne"},
	} {
		if got := strings.Join(missing(here, tt.there), ", "); got != tt.want {
			t.Errorf("%s: got %q missing, want %q", tt.name, got, tt.want)
		}
	}
	if got := missing(results{x: "why"}, nil); got != nil {
		t.Errorf("got %q missing, want none: it was skipped here too", got)
	}
}
