package class

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hillock/config"
)

func TestLoginComesFromTheFirstPlace(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "login")
	if err := os.WriteFile(file, []byte("mara\r\ncorrect horse\r\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	env := func(values map[string]string) func(string) (string, bool) {
		return func(name string) (string, bool) { v, ok := values[name]; return v, ok }
	}
	both := env(map[string]string{UserVariable: "ida", PasswordVariable: "from env"})
	for _, tt := range []struct {
		name string
		file string
		o    Options
		want login
	}{
		{"nothing", "", Options{Env: env(nil)}, login{}},
		{"environment", "", Options{Env: both}, login{"ida", "from env"}},
		{"join code of the environment", "", Options{Env: env(map[string]string{PasswordVariable: "K7QM-2RPD"})}, login{"9b", "K7QM-2RPD"}},
		{"file", "login", Options{Env: both}, login{"mara", "correct horse"}},
		{"options", "login", Options{Env: both, User: "9b", Password: "K7QM"}, login{"9b", "K7QM"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := &config.Config{File: filepath.Join(folder, "class.toml"), Net: config.Net{Class: "9b", Login: tt.file}}
			if got, err := loginOf(cfg, tt.o); got != tt.want || err != nil {
				t.Errorf("got %v, %v; want %v", got, err, tt.want)
			}
		})
	}
}

func TestBadLoginFileIsRefusedWithoutItsContent(t *testing.T) {
	folder := t.TempDir()
	for _, tt := range []struct {
		name, text string
		mode       os.FileMode
		want       string
	}{
		{"open to all", "mara\nhunter2\n", 0o644, "net.login: FILE: must be private, but other users may read or write it (-rw-r--r--): chmod o= FILE"},
		{"one line", "hunter2\n", 0o600, "net.login: FILE: must have the user in line 1 and the password in line 2, and at most 1024 bytes"},
		{"three lines", "mara\nhunter2\nx\n", 0o600, "net.login: FILE: must have the user in line 1 and the password in line 2, and at most 1024 bytes"},
		{"too long", "mara\n" + strings.Repeat("x", 2000), 0o600, "net.login: FILE: must have the user in line 1 and the password in line 2, and at most 1024 bytes"},
		{"missing", "", 0, "net.login: stat FILE: no such file or directory"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(folder, tt.name)
			if tt.mode != 0 {
				if err := os.WriteFile(file, []byte(tt.text), tt.mode); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(file, tt.mode); err != nil {
					t.Fatal(err)
				}
			}
			_, err := loginOf(&config.Config{Net: config.Net{Login: file}}, Options{})
			if got := strings.ReplaceAll(fmt.Sprint(err), file, "FILE"); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestBadCertificatesAreRefusedAtOnce(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "ca.pem")
	if err := os.WriteFile(file, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		net  config.Net
		want string
	}{
		{config.Net{Board: "mara", CA: file}, "net.ca: " + file + ": must have a certificate in PEM"},
		{config.Net{Board: "mara", CA: folder + "/none"}, "net.ca: open " + folder + "/none: no such file or directory"},
		{config.Net{Board: "mara", Cert: file, Key: file}, "net.cert: tls: failed to find any PEM data in certificate input"},
	} {
		if _, err := Join(&config.Config{Net: tt.net}, Options{}); fmt.Sprint(err) != tt.want {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}

func TestBoardIsNamedAfterItsHost(t *testing.T) {
	for _, tt := range []struct{ host, want string }{
		{"raspberrypi", "raspberrypi"},
		{"mara.local", "mara"},
		{"Maras Pi", "Maras-Pi"},
		{strings.Repeat("x", 40), strings.Repeat("x", 32)},
		{"...", ""},
		{"", ""},
	} {
		got, err := named(tt.host)
		if got != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%q: got %q, %v; want %q", tt.host, got, err, tt.want)
		}
	}
}
