// Package config reads a TOML file into a validated Config of plain values.
//
// It reports every problem of a file at once, each with its place, key, rule and value. A Config is complete: no default is
// left to other packages. The package opens no part and knows pins only by name.
//
// The kinds of parts come from hw/part as Kinds. A kind names its keys and decodes them from its Table into a Part. The Part
// prints the keys, and claims pins and places on buses. The package checks the claims of all parts against each other.
package config
