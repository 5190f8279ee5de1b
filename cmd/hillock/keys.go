package main

import (
	"bufio"
	"context"
	"errors"
	"io"
)

// keys are the lines that somebody types.
type keys struct {
	ctx context.Context
	r   *bufio.Reader
}

// line waits for the Enter key, or for the end.
func (k keys) line() (string, error) {
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
