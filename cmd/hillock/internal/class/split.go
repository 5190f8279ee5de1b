package class

import (
	"iter"
	"strconv"
	"strings"
)

// The functions of this file take valid JSON without space before it, and return parts of it.

// members returns the keys, in quotes, and the values of an object.
func members(data []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		for rest := trimmed(data[1:]); rest[0] != '}'; rest = trimmed(rest) {
			key := rest[:end(rest)]
			rest = trimmed(trimmed(rest[len(key):])[1:]) // behind the colon
			value := rest[:end(rest)]
			if !yield(key, value) {
				return
			}
			rest = trimmed(rest[len(value):])
			if rest[0] == ',' {
				rest = rest[1:]
			}
		}
	}
}

// items returns the values of a list.
func items(data []byte) (all [][]byte) {
	for rest := trimmed(data[1:]); rest[0] != ']'; rest = trimmed(rest) {
		value := rest[:end(rest)]
		all = append(all, value)
		rest = trimmed(rest[len(value):])
		if rest[0] == ',' {
			rest = rest[1:]
		}
	}
	return all
}

// end returns the length of the value at the beginning of data.
func end(data []byte) int {
	depth := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '"':
			i += quote(data[i:])
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ',', ':', ' ', '\t', '\n', '\r':
		default: // a number or a word
			for i+1 < len(data) && !ends(data[i+1]) {
				i++
			}
		}
		if depth == 0 {
			return i + 1
		}
	}
	return len(data)
}

// ends reports whether a byte comes behind a number or a word.
func ends(b byte) bool {
	switch b {
	case ']', '}', ',', ' ', '\t', '\n', '\r':
		return true
	}
	return false
}

// quote returns the place of the quote at the end of a text.
func quote(data []byte) int {
	for i := 1; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(data) - 1
}

// trimmed returns data without the space before it.
func trimmed(data []byte) []byte {
	for len(data) > 0 && (data[0] == ' ' || data[0] == '\t' || data[0] == '\n' || data[0] == '\r') {
		data = data[1:]
	}
	return data
}

// short returns JSON from outside for a message: at most 64 bytes of printable ASCII.
func short(data []byte) string {
	if len(data) == 0 {
		return "nothing"
	}
	s := strconv.QuoteToASCII(string(data[:min(len(data), 64)]))
	s = strings.ReplaceAll(s[1:len(s)-1], `\"`, `"`)
	if len(data) > 64 {
		s += "..."
	}
	return s
}
