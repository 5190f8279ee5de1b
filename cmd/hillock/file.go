package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// canWrite is an error, before anything was computed in vain, when a file cannot be written; flag is what named it.
func canWrite(flag, name string) error {
	if name == "" || name == "-" {
		return nil
	}
	if flag != "" {
		flag = "--" + flag + ": "
	}
	switch info, err := os.Stat(name); {
	case err == nil && info.IsDir():
		return usagef("%s%s is a directory, want a file's name", flag, name)
	case err == nil:
		f, err := os.OpenFile(name, os.O_WRONLY, 0) // as it is: a file of another owner, or a read-only one, is left alone
		if err != nil {
			return usagef("%s%w", flag, err)
		}
		if err := f.Close(); err != nil || !info.Mode().IsRegular() {
			return err
		}
	}
	f, err := beside(name)
	if err != nil {
		return usagef("%scannot write in %s: %w", flag, filepath.Dir(name), cause(err))
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// cause is an error of the system without the name of the file, which would be a temporary one.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// beside makes a new file in the folder of a name, with the mode that the umask leaves.
func beside(name string) (*os.File, error) {
	for i := os.Getpid(); ; i++ {
		f, err := os.OpenFile(filepath.Join(filepath.Dir(name), fmt.Sprintf(".%s.%d", filepath.Base(name), i)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// writeFile writes a file whole or not at all: beside its place, synced, then renamed. What is no regular file, a pipe
// or /dev/null, is written to as it stands; "-" is standard output.
func writeFile(name string, stdout io.Writer, write func(io.Writer) error) (err error) {
	if name == "" || name == "-" {
		return buffered(stdout, write)
	}
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(buffered(f, write), f.Close())
	}
	f, err := beside(name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, cause(err))
	}
	defer func() {
		if err != nil {
			f.Close() // a second one, perhaps: what went wrong first is told
			os.Remove(f.Name())
			err = fmt.Errorf("%s: not written: %w", name, cause(err))
		}
	}()
	if err := buffered(f, write); err != nil {
		return err
	}
	if info != nil {
		if err := f.Chmod(info.Mode().Perm()); err != nil {
			return err
		}
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return err
	}
	return syncDir(filepath.Dir(name))
}

func buffered(w io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriterSize(w, 1<<16)
	err := write(b)
	if flushed := b.Flush(); err == nil {
		err = flushed
	}
	return err
}
