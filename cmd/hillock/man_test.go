package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"hillock/cmd/hillock/internal/man"
	"hillock/cmd/hillock/internal/usage"
)

// manualPage is what 'hillock man' prints on a day in 2026.
func manualPage(t *testing.T) string {
	t.Helper()
	t.Setenv("SOURCE_DATE_EPOCH", "1795406984")
	out, errOut, err := hillock(t.Context(), "man")
	if err != nil || errOut != "" {
		t.Fatalf("got %v and %q, want a page", err, errOut)
	}
	return out
}

func TestManualNamesEveryCommandAndFlag(t *testing.T) {
	page := manualPage(t)
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		if cmd.Hidden {
			return
		}
		if !cmd.HasSubCommands() {
			if want := ".SS " + man.Literal.Replace(cmd.UseLine()) + "\n"; strings.Count(page, want) != 1 {
				t.Errorf("got %d of %q, want 1", strings.Count(page, want), want)
			}
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if want := man.Literal.Replace("--"+f.Name) + `\fR`; f.Name != "help" && f.Name != "version" && !strings.Contains(page, want) {
				t.Errorf("%s: got no %q in the page", cmd.CommandPath(), want)
			}
		})
		for _, c := range cmd.Commands() {
			visit(c)
		}
	}
	visit(newRoot())
	for _, want := range []string{`.TH HILLOCK 1 2026-11-23 "hillock" "User Commands"` + "\n", ".SH NAME\nhillock \\- a neuron you can wire\n", `(default: 2 s)`, `\fB\-\-web\fR[=\fIaddress\fR]`, ".SH ENVIRONMENT\n.TP\n.B HILLOCK_WEB_TOKEN\n", ".B NO_COLOR\n", ".SS hillock completion SHELL [flags]\n"} {
		if !strings.Contains(page, want) {
			t.Errorf("got no %q in the page", want)
		}
	}
}

func TestManualRefusesADateThatIsNone(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "yesterday")
	_, _, err := hillock(t.Context(), "man")
	if got, want := usage.Status(err), 2; got != want {
		t.Errorf("got exit status %d, want %d", got, want)
	}
	if want := `SOURCE_DATE_EPOCH: must be a number of seconds since 1970, got "yesterday"`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestManualIsCleanToGroff(t *testing.T) {
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Skip("SKIPPED: no groff (apt-get install groff-base)")
	}
	cmd := exec.CommandContext(t.Context(), groff, "-man", "-ww", "-Tutf8", "-P-bcou")
	cmd.Stdin = strings.NewReader(manualPage(t))
	var errOut strings.Builder
	cmd.Stderr = &errOut
	out, err := cmd.Output()
	if err != nil || errOut.Len() > 0 {
		t.Fatalf("got %v and %q, want no warning", err, errOut.String())
	}
	for _, want := range []string{"COMMANDS", "hillock bench [FILE] [flags]"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("got no %q in\n%s", want, out)
		}
	}
}
