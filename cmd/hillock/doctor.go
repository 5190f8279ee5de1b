package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"hillock/hw/doctor"
)

func newDoctor() *cobra.Command {
	var f configFlags
	asJSON := false
	cmd := &cobra.Command{
		Use:   "doctor [FILE]",
		Short: "look for what is wrong with the set-up",
		Long: `doctor checks this machine and this user for what the configuration needs: the board, its device nodes, the
groups. Of each check that failed it says what was seen, what that means, and what to do. It changes nothing. The exit
status is 1 when a check failed.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := f.load(cmd, args)
			if err != nil {
				return err
			}
			return tell(cmd.OutOrStdout(), doctor.Here().SetUp(cfg), asJSON)
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the checks as JSON")
	return cmd
}

// tell prints findings. Its error counts those that failed.
func tell(w io.Writer, found []doctor.Finding, asJSON bool) error {
	failed := 0
	out := &lines{w: w}
	for _, f := range found {
		mark := map[doctor.Result]string{doctor.Passed: "ok  ", doctor.Failed: "FAIL", doctor.NotPossible: "-   "}[f.Result]
		if f.Result == doctor.Failed {
			failed++
		}
		if asJSON {
			continue
		}
		out.printf("%s  %-8s %s\n", mark, f.Check, f.Seen)
		if f.Means != "" {
			out.printf("                %s: %s\n", f.Means, f.Do)
		}
	}
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		out.err = e.Encode(found)
	}
	if failed > 0 {
		return errors.Join(out.err, fmt.Errorf("%s failed", count(failed, "check")))
	}
	return out.err
}
