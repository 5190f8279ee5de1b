package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

func (s *source) syntaxPlace(err error) place {
	var decode *toml.DecodeError
	if !errors.As(err, &decode) {
		return place{line: 1, column: 1}
	}
	line, column := decode.Position()
	return place{line: line, column: column}
}

// syntax returns an error of the TOML parser as a problem, with the key of its line if possible.
func (s *source) syntax(err error) *Problem {
	message, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "toml: "), " but got U+")
	if strings.Contains(message, "value out of range") {
		message = "the number is too large"
	}
	at := s.syntaxPlace(err)
	line, _, _ := strings.Cut(string(s.text[s.starts[at.line-1]:]), "\n")
	if r, size := utf8.DecodeRuneInString(line[min(at.column-1, len(line)):]); size > 1 {
		message = strings.Replace(message, fmt.Sprintf("%#U", rune(line[at.column-1])), fmt.Sprintf("%#U", r), 1) // the parser names a byte
	}
	return s.explain(message, strings.TrimSpace(uncommented(line)), at.line)
}

// explain returns the problem of a line with a message of the parser, without its place.
func (s *source) explain(message, line string, number int) *Problem {
	p := &Problem{Rule: message, Got: shorten(line), Key: s.header(number)}
	table := strings.Trim(line, "[] \t")
	section, _, dots := strings.Cut(table, ".")
	key, value, ok := strings.Cut(line, "=")
	switch {
	case strings.HasPrefix(line, "[") || !ok && dots && validKey(table) && slices.Contains(sections(), section):
		p.Key = shorten(table)
		if strings.HasPrefix(message, "expected ']'") || !strings.HasPrefix(line, "[") {
			p.Hint = "write [" + p.Key + "]"
		}
		if !validKey(table) {
			p.Hint = ""
		}
	case ok && validKey(strings.TrimSpace(key)):
		p.Key = strings.TrimPrefix(p.Key+"."+strings.TrimSpace(key), ".")
		value = strings.TrimSpace(value)
		p.Got = shorten(value)
		p.value(value)
	case !ok && strings.HasPrefix(message, "expected '='"):
		p.Hint = withoutEquals(line)
	}
	p.remedy(line)
	return p
}

// unquoted are the parser's messages on a value without quotes.
var unquoted = regexp.MustCompile("^(expected (newline|keyword)|unexpected character)")

// value adds the way out for a bad value of a key.
func (p *Problem) value(value string) {
	switch first, rest := value[:min(1, len(value))], strings.TrimSuffix(value, `"`); {
	case value == "":
		p.Rule, p.Got, p.Hint = "has no value", "", "give it a value or remove the line"
	case strings.HasSuffix(p.Rule, "strings cannot have new lines"):
		p.Rule, p.Hint = "must have its closing quote", "write "+shorten(value+first)
	case rest != value && !strings.ContainsAny(rest, `"'[{`):
		p.Hint = "write " + shorten(strconv.Quote(rest))
	case wantsQuotes(value) && unquoted.MatchString(p.Rule):
		p.Rule, p.Hint = "must be in quotes", "write "+shorten(strconv.Quote(value))
	}
}

// remedy adds the way out that the message of the parser, or the beginning of the line, shows.
func (p *Problem) remedy(line string) {
	switch straight := curly.Replace(p.Got); {
	case straight != p.Got:
		p.Hint = "use straight quotes, " + straight
	case strings.HasPrefix(line, "//") || strings.HasPrefix(line, "/*") || strings.HasPrefix(line, ";") || strings.HasPrefix(line, "--"):
		p.Hint = "a comment begins with #"
	case p.Rule == "expected newline" && listWithoutBrackets(p.Got):
		p.Hint = "write " + bracketed(p.Got)
	case strings.HasSuffix(p.Rule, "already defined"):
		p.Hint = "remove one of them"
	case strings.Contains(p.Rule, "after array value") || strings.Contains(p.Rule, "array is incomplete"):
		p.Hint = `a list is written ["a", "b"]`
	case strings.HasPrefix(p.Rule, "table ") && strings.Contains(p.Rule, " already exists") && strings.Contains(p.Key, "."):
		p.Hint = "choose another name, or write all its keys in one place"
	case strings.Contains(p.Rule, " already exists"):
		p.Hint = "write all its keys in one place"
	case strings.HasPrefix(p.Rule, "expected ']'") && p.Hint == "":
		p.Hint = "a name has letters, digits, _ and -"
	}
}

// withoutEquals returns the hint for a key and a value without an equals sign.
func withoutEquals(line string) string {
	key, value, _ := strings.Cut(line, " ")
	key, value = strings.TrimSuffix(key, ":"), strings.TrimSpace(value)
	switch {
	case !validKey(key):
		return ""
	case value == "":
		return "give it a value or remove the line"
	}
	return shorten("write " + key + " = " + value)
}

// uncommented returns a line without its comment. A # in a string is part of the value.
func uncommented(line string) string {
	quote := byte(0)
	for i := range len(line) {
		switch c := line[i]; {
		case quote == 0 && c == '#':
			return line[:i]
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		}
	}
	return line
}

// curly replaces the quotes of a word processor.
var curly = strings.NewReplacer("\u201c", `"`, "\u201d", `"`, "\u201e", `"`, "\u00ab", `"`, "\u00bb", `"`, "\u2018", "'", "\u2019", "'")

// listWithoutBrackets reports whether a bad value is several strings with commas.
func listWithoutBrackets(value string) bool {
	for item := range strings.SplitSeq(value, ",") {
		if item = strings.TrimSpace(item); len(item) < 2 || item[0] != '"' || strings.IndexByte(item[1:], '"') != len(item)-2 {
			return false
		}
	}
	return strings.Contains(value, ",")
}

// wantsQuotes reports whether a bad value looks like a string without quotes.
func wantsQuotes(value string) bool {
	return value != "" && !strings.ContainsAny(value, "\"'[]{}=\\") &&
		strings.ContainsFunc(value, func(r rune) bool { return r > 127 || 'a' <= r|0x20 && r|0x20 <= 'z' })
}
