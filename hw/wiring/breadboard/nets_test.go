package breadboard_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"hillock/config"
	"hillock/hw/part"
	"hillock/hw/wiring"
)

// examples returns the netlists of the shipped configurations.
func examples(t *testing.T) map[string]*wiring.Netlist {
	t.Helper()
	files, err := filepath.Glob("../../../deploy/examples/*.toml")
	if err != nil || len(files) < 2 {
		t.Fatalf("got %v and %v, want two examples or more", files, err)
	}
	all := map[string]*wiring.Netlist{"default": built(t, config.Default(part.Kinds()))}
	for _, file := range files {
		cfg, err := config.Load(file, nil, part.Kinds())
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(file)] = built(t, cfg)
	}
	return all
}

func built(t *testing.T, cfg *config.Config) *wiring.Netlist {
	t.Helper()
	n, err := wiring.New(cfg)
	if err != nil {
		t.Fatalf("%s: %v", cfg.File, err)
	}
	return n
}

// kits returns the netlists of the examples and of random kits.
func kits(t *testing.T) map[string]*wiring.Netlist {
	all := examples(t)
	random := uint64(200)
	if testing.Short() {
		random = 20
	}
	for seed := range random {
		all[fmt.Sprint("seed ", seed)] = built(t, randomKit(t, seed))
	}
	return all
}
