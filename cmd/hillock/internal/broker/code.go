package broker

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"hillock/config"
)

// codeLetters are the letters of a join code: 32 without 0 and O, 1 and I. Eight of them are 40 bits.
const codeLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// plainCode returns a code without dashes and blanks, in upper case, as it is compared.
func plainCode(code string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code))
}

func validCode(code string) bool {
	plain := plainCode(code)
	return len(plain) == 8 && strings.Trim(plain, codeLetters) == ""
}

// newCode returns a random join code as K7QM-2RPD.
func newCode() string {
	var random [8]byte
	rand.Read(random[:]) // never fails
	for i := range random {
		random[i] = codeLetters[random[i]%32]
	}
	return string(random[:4]) + "-" + string(random[4:])
}

// Folder returns the folder for join codes and certificates: $STATE_DIRECTORY of a service, else hillock in the user's folder
// for configuration.
func Folder(env func(string) string) (string, error) {
	if dir, _, _ := strings.Cut(env("STATE_DIRECTORY"), ":"); dir != "" {
		return dir, nil
	}
	dir := env("XDG_CONFIG_HOME")
	if dir == "" {
		var err error
		if dir, err = os.UserConfigDir(); err != nil {
			return "", fmt.Errorf("no folder for the join code: set STATE_DIRECTORY: %w", err)
		}
	}
	return filepath.Join(dir, "hillock"), nil
}

// JoinCode returns the join code of a class from FOLDER/classes/CLASS.code. Without the file it makes one.
func JoinCode(folder, class string) (string, error) {
	if !config.ValidName(class) {
		return "", fmt.Errorf("net.class: %s, got %q", config.NameRule, class)
	}
	file := filepath.Join(folder, "classes", class+".code")
	text, err := readSecret(file)
	switch code := strings.TrimSpace(string(text)); {
	case errors.Is(err, fs.ErrNotExist):
		code = newCode()
		return code, writeSecret(file, []byte(code+"\n"))
	case err != nil:
		return "", err
	case !validCode(code):
		return "", fmt.Errorf("%s: must hold a join code of 8 characters as K7QM-2RPD: correct it, or remove the file for a new code", file)
	default:
		return code, nil
	}
}

// readSecret reads a file of at most 64 KiB with a secret. It refuses one with access for others.
func readSecret(file string) ([]byte, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: must be a file: remove it", file)
	case info.Size() > 64<<10:
		return nil, fmt.Errorf("%s: must have at most 64 KiB: remove the file for a new one", file)
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("%s: has mode %04o, and others may read the secret: use 'chmod 600 %[1]s'", file, info.Mode().Perm())
	}
	return os.ReadFile(file)
}

// writeSecret writes a file for its owner alone, whole or not at all.
func writeSecret(file string, text []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = cmp.Or(err, f.Sync())
	err = cmp.Or(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("%s: not written: %w", file, err), os.Remove(f.Name()))
	}
	return nil
}
