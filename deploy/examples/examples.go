// Package examples holds the example configurations.
package examples

import (
	"embed"
	"io/fs"
)

//go:embed *.toml *.csv
var files embed.FS

// Files returns the configurations, and the recordings that they play.
func Files() fs.FS { return files }
