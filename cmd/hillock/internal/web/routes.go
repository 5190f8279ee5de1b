package web

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"net/http"

	"hillock/cmd/hillock/internal/serve"
)

//go:embed page
var page embed.FS

// Files returns the files of the page.
func Files() fs.FS {
	files, err := fs.Sub(page, "page")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return files
}

// routes returns the handlers of all paths.
func (s *Server) routes() map[string]http.Handler {
	all := map[string]http.Handler{
		"/metrics":        s.metrics(),
		"/healthz":        http.HandlerFunc(s.health),
		"/breadboard.svg": serve.Made("image/svg+xml", s.run.Breadboard),
		"/config.toml":    serve.Made("text/plain; charset=utf-8", s.run.TOML),
	}
	maps.Copy(all, serve.Files(Files()))
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
