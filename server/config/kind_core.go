package config

import (
	"strings"

	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// serverNameKind reads a name that protocol lines can carry.
var serverNameKind = &kind[string]{
	parse:  stringKind.parse,
	format: stringKind.format,
	check: func(_ *Option, _ string, name string) string {
		if strings.ContainsAny(name, " ") {
			return "server name cannot contain spaces"
		}
		return ""
	},
}

// maxConnectionsKind reads 0 as "refuse every client", which [Limits] says with
// a negative number because its zero means the default.
var maxConnectionsKind = &kind[int]{
	parse: func(c *cursor, v *syntax.Value) (int, bool) {
		if v.Kind == syntax.KindInt && v.Int <= 0 {
			return -1, true
		}
		return intKind.parse(c, v)
	},
	format: intKind.format,
}

// subTokensKind reads a limit of which a file cannot say that there is none.
var subTokensKind = &kind[int]{
	parse:  intKind.parse,
	format: intKind.format,
	check: func(row *Option, key string, n int) string {
		if n == 0 { // left out
			return ""
		}
		return outOfBounds(row, key, int64(n))
	},
}

// writeTimeoutWords are the values of write_timeout.
var writeTimeoutWords = map[string]WriteTimeout{
	"default": WriteTimeoutDefault,
	"close":   WriteTimeoutClose,
	"retry":   WriteTimeoutRetry,
}

var writeTimeoutKind = wordKind("write_timeout must be 'default', 'close' or 'retry'", writeTimeoutWords)

// logFormatKind reads log_format as whether it is JSON.
var logFormatKind = wordKind("log_format must be 'text' or 'json'", map[string]bool{"text": false, "json": true})
