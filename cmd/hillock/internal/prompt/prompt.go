// Package prompt asks the person at a terminal.
package prompt

import (
	"bufio"
	"context"
	"errors"
	"io"
)

// Keys reads lines from a keyboard.
type Keys struct {
	ctx context.Context
	r   *bufio.Reader
}

// NewKeys returns the lines of r. A call of Line ends with ctx.
func NewKeys(ctx context.Context, r io.Reader) Keys { return Keys{ctx, bufio.NewReader(r)} }

// Line waits for the Enter key and returns the line before it, or an error where ctx or the input ends first.
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
			return "", errors.New("nobody pressed Enter: standard input is at its end")
		}
		return t.line, t.err
	}
}
