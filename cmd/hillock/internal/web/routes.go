package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"time"
)

//go:embed page
var page embed.FS

// types are the content types of the page's files. The system's own table may differ.
func types() map[string]string {
	return map[string]string{
		".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
		".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon",
	}
}

// routes returns the handlers of all paths. No part of a request is ever used as a file name.
func (s *Server) routes() map[string]http.Handler {
	all := map[string]http.Handler{
		"/ws":             http.HandlerFunc(s.socket),
		"/metrics":        s.metrics(),
		"/healthz":        http.HandlerFunc(s.health),
		"/breadboard.svg": made("image/svg+xml", s.run.Breadboard),
		"/config.toml":    made("text/plain; charset=utf-8", s.run.TOML),
	}
	err := fs.WalkDir(page, "page", func(name string, d fs.DirEntry, err error) error {
		kind := types()[path.Ext(name)]
		if err != nil || d.IsDir() {
			return err
		}
		if kind == "" {
			kind = "text/plain; charset=utf-8" // the licence
		}
		text, err := page.ReadFile(name)
		if err != nil {
			return err
		}
		file := name[len("page"):]
		if file == "/index.html" {
			file = "/"
		}
		all[file] = kept(kind, text)
		return nil
	})
	if err != nil {
		panic(err) // the files are embedded
	}
	return all
}

// health answers 200 while the loop runs, and 503 with the reason while it stands still.
func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	if reason := s.run.Stalled(); reason != "" {
		http.Error(w, reason, http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintln(w, "ok")
}

// kept serves a constant text.
func kept(kind string, text []byte) http.Handler {
	tag := fmt.Sprintf(`"%x"`, sha256.Sum256(text))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("ETag", tag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text))
	})
}

// made serves a text made for each request.
func made(kind string, text func() []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text()))
	})
}
