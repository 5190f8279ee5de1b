package serve

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"time"
)

// types are the content types of a page's files. The system's own table may differ.
func types() map[string]string {
	return map[string]string{
		".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
		".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon",
	}
}

// Files returns handlers of all files in a file system, by their paths. index.html has the path /. No part of a request is ever
// used as a file name.
func Files(files fs.FS) map[string]http.Handler {
	all := map[string]http.Handler{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		kind := types()[path.Ext(name)]
		if err != nil || d.IsDir() {
			return err
		}
		if kind == "" {
			kind = "text/plain; charset=utf-8" // a licence
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		file := "/" + name
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

// kept serves a constant text.
func kept(kind string, text []byte) http.Handler {
	tag := fmt.Sprintf(`"%x"`, sha256.Sum256(text))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("ETag", tag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text))
	})
}

// Made serves a text made for each request.
func Made(kind string, text func() []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text()))
	})
}
