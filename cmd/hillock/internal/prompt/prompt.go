// Package prompt asks questions on a terminal.
package prompt

import (
	"bufio"
	"context"
	"errors"
	"io"
)

// Keys reads lines from a terminal.
type Keys struct {
	ctx context.Context
	r   *bufio.Reader
}

// NewKeys returns the lines of r. Line returns at the end of ctx.
func NewKeys(ctx context.Context, r io.Reader) Keys { return Keys{ctx, bufio.NewReader(r)} }

// Line waits for the Enter key and returns the typed line. It returns an error if ctx or the input ends first.
func (k Keys) Line() (string, error) {
	type typed struct {
		line string
		err  error
	}
	done := make(chan typed, 1)
	go func() {
		line, err := k.r.ReadString('\n')
		done <- typed{line, err}
	}()
	select {
	case <-k.ctx.Done():
		return "", k.ctx.Err()
	case t := <-done:
		if t.err == io.EOF {
			return "", errors.New("no Enter key: standard input has ended")
		}
		return t.line, t.err
	}
}
