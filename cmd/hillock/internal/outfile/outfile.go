// Package outfile writes a file whole or not at all, and checks before a computation that it can.
package outfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// CheckData is Check for a file of data: it also refuses the name of a configuration.
func CheckData(name string, read ...string) error {
	if err := Check(name, read...); err != nil {
		return err
	}
	if filepath.Ext(name) == ".toml" {
		return fmt.Errorf("must not end in .toml, as a configuration does, got %q", name)
	}
	return nil
}

// Check returns an error for an unwritable file, and for one of the read files. Call it before a computation, so that no result is
// lost. It changes nothing. It opens no pipe and no device: the reader of a pipe would see the end of the file.
func Check(name string, read ...string) error {
	if name == "" || name == "-" {
		return nil
	}
	for _, other := range read {
		if Same(name, other) {
			return fmt.Errorf("must be another file than the input %s, got %q", other, name)
		}
	}
	path, info, err := place(name)
	switch {
	case err != nil:
		return err
	case info != nil && !info.Mode().IsRegular():
		return nil
	case info != nil:
		f, err := os.OpenFile(path, os.O_WRONLY, 0) // refuses a read-only file, or one of another owner
		if err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	f, err := beside(path)
	if err != nil {
		return fmt.Errorf("cannot write in %s: %w", filepath.Dir(path), cause(err))
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// Same reports whether two names lead to one file, in any spelling and through links. The file need not exist. "" is no file, and "-"
// is only "-".
func Same(a, b string) bool {
	switch {
	case a == "", b == "":
		return false
	case a == "-", b == "-":
		return a == b
	}
	return filepath.Clean(a) == filepath.Clean(b) || linked(a, b) || filepath.Base(a) == filepath.Base(b) && linked(filepath.Dir(a), filepath.Dir(b))
}

// linked reports whether two names lead to one existing file or folder.
func linked(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// Hold refuses a pipe without a reader, and keeps a pipe with one open until release: its reader waits until then. It leaves
// other files alone.
func Hold(name string) (release func(), err error) {
	if name == "" || name == "-" {
		return func() {}, nil
	}
	path, info, err := place(name)
	if err != nil || info == nil || info.Mode()&fs.ModeNamedPipe == 0 {
		return func() {}, err
	}
	f, err := openPipe(path)
	if err != nil {
		return nil, err
	}
	return func() { f.Close() }, nil // nothing was written
}

// Write writes a file whole or not at all: it writes a new file beside it, syncs and renames it. It follows links. It writes
// directly to a character device such as /dev/null, and to a pipe with a reader. "-" is standard output.
func Write(name string, stdout io.Writer, write func(io.Writer) error) error {
	if name == "" || name == "-" {
		return buffered(stdout, write)
	}
	path, info, err := place(name)
	switch {
	case err != nil:
		return err
	case info != nil && !info.Mode().IsRegular():
		return stream(path, write)
	}
	return replace(path, info, write)
}

// place returns the end of a name's links and the file there, nil for none.
func place(name string) (path string, info fs.FileInfo, err error) {
	info, err = os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if to, err := os.Readlink(name); err == nil {
			return "", nil, fmt.Errorf("%s is a link to the missing file %s: create that file or remove the link", name, to)
		}
		return name, nil, nil
	case err != nil:
		return "", nil, err
	}
	switch mode := info.Mode(); {
	case mode.IsDir():
		return "", nil, fmt.Errorf("%s is a directory, want a file's name", name)
	case mode.IsRegular():
		path, err = filepath.EvalSymlinks(name)
		return path, info, err
	case mode&fs.ModeNamedPipe != 0, mode&fs.ModeCharDevice != 0:
		return name, info, nil
	case mode&fs.ModeSocket != 0:
		return "", nil, fmt.Errorf("%s is a socket, want a file's name", name)
	default:
		return "", nil, fmt.Errorf("%s is a block device, want a file's name", name)
	}
}

// stream writes to a pipe or a device.
func stream(name string, write func(io.Writer) error) error {
	f, err := openPipe(name)
	if err != nil {
		return err
	}
	return errors.Join(buffered(f, write), f.Close())
}

// openPipe opens a pipe or a device to write to it, and does not wait for a reader.
func openPipe(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ENXIO) {
		return nil, fmt.Errorf("%s: nothing reads this pipe: start its reader first", name)
	}
	return f, err
}

// replace writes a regular file, new or in the place of an old one.
func replace(name string, old fs.FileInfo, write func(io.Writer) error) (err error) {
	f, err := beside(name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, cause(err))
	}
	defer func() {
		if err != nil {
			f.Close() // perhaps for the second time: the first error counts
			os.Remove(f.Name())
			err = fmt.Errorf("%s: not written: %w", name, cause(err))
		}
	}()
	if err := buffered(f, write); err != nil {
		return err
	}
	if old != nil {
		if err := f.Chmod(old.Mode().Perm()); err != nil {
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

// cause returns the system error inside err, without the name of the temporary file.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// beside creates a new file in the folder of a name, with the mode of the umask.
func beside(name string) (*os.File, error) {
	for i := os.Getpid(); ; i++ {
		f, err := os.OpenFile(filepath.Join(filepath.Dir(name), fmt.Sprintf(".%s.%d", filepath.Base(name), i)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

func buffered(w io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriterSize(w, 1<<16)
	err := write(b)
	if flushed := b.Flush(); err == nil {
		err = flushed
	}
	return err
}
