package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"hillock/config"
	"hillock/hw/doctor"
)

// process is one of hillock's, with these arguments.
type process func(ctx context.Context, args ...string) *exec.Cmd

// again is this program once more.
func again(ctx context.Context, args ...string) *exec.Cmd {
	exe, err := os.Executable()
	cmd := exec.CommandContext(ctx, exe, args...)
	if err != nil {
		cmd.Err = err
	}
	return cmd
}

// consult has the doctor look at the same parts with the same fault, on a virtual Pi that he has for himself: he asks a chip
// more than the loop has time for, and periph's registries hold one Pi a process. Each finding comes as it is there.
func (p process) consult(ctx context.Context, fault string, cfg *config.Config, each func(doctor.Finding)) (err error) {
	name, err := temporary(cfg.Portable().TOML())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(name)) }()
	cmd := p(ctx, "doctor", name, "--hw", "sim", "--wires", "--json", "--fault", fault)
	cmd.WaitDelay = time.Second
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := startAside(cmd); err != nil {
		return err
	}
	failed := false
	broken := readArray(out, func(f doctor.Finding) {
		failed = failed || isFailed(f)
		each(f)
	})
	_, _ = io.Copy(io.Discard, out) // where it is no doctor
	ended := cmd.Wait()             // exit status 1, where a check failed
	if broken == nil && (failed || ended == nil) {
		return nil
	}
	for line := range strings.Lines(complaint.String()) {
		text := strings.TrimSpace(strings.TrimPrefix(line, "hillock: "))
		if !strings.HasPrefix(text, "warning: ") {
			return errors.New(text)
		}
	}
	return cmp.Or(ended, broken)
}

// temporary writes a file of its own.
func temporary(text []byte) (name string, err error) {
	f, err := os.CreateTemp("", "hillock-*.toml")
	if err != nil {
		return "", err
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// readArray reads a JSON array item by item.
func readArray[T any](r io.Reader, each func(T)) error {
	d := json.NewDecoder(r)
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return cmp.Or(err, errors.New("it prints no JSON array"))
	}
	for d.More() {
		var item T
		if err := d.Decode(&item); err != nil {
			return err
		}
		each(item)
	}
	_, err := d.Token()
	return err
}
