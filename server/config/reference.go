package config

import (
	"fmt"
	"strings"
)

// Reference renders the table of options and flags as a page in Markdown, for
// people who write configuration files.
func Reference() string {
	var b strings.Builder
	b.WriteString(referenceIntro)
	for _, g := range groups {
		writeGroup(&b, g)
	}
	for _, s := range sections {
		b.WriteString("\n## Inside of " + s.name + "\n\n```\n" + s.example + "```\n\n")
		writeRows(&b, s.block.Options)
	}
	writeFlags(&b)
	writeLater(&b)
	return b.String()
}

// sections are the blocks that have a table of their own in the page.
var sections = []struct {
	name    string
	block   *Block
	example string
}{
	{"tls", tlsBlock, dedent(tlsExample)},
	{"websocket", webSocketBlock, webSocketExample},
	{"jetstream", jetStreamBlock, jetStreamExample},
	{"jetstream, limits", jetStreamLimitsBlock, jetStreamLimitsExample},
	{"jetstream in an account", accountJetStreamBlock, accountJetStreamExample},
}

// webSocketExample is a listener behind a proxy, for browsers of one site.
const webSocketExample = `websocket {
  listen: "0.0.0.0:8443"
  tls {
    cert_file: "/etc/dunlin/cert.pem"
    key_file:  "/etc/dunlin/key.pem"
  }
  allowed_origins: ["https://chat.example.com"]
  compression: true
  headers { Strict-Transport-Security: "max-age=31536000" }
  trusted_proxies: ["10.0.0.0/8", "fd00::/8"]
}
`

// jetStreamExample is durable storage of a size that is known beforehand.
const jetStreamExample = `jetstream {
  store_dir: "/var/lib/dunlin"
  max_memory_store: 1GB
  max_file_store: 100GB
}
`

const jetStreamLimitsExample = `jetstream {
  limits { max_ack_pending: 10000, duplicate_window: "10m" }
}
`

const accountJetStreamExample = `accounts {
  A { jetstream { max_store: 10GB, max_streams: 20 } }
  B { jetstream: enabled }
}
`

// writeGroup writes the rows of a group that this version has.
func writeGroup(b *strings.Builder, g Group) {
	var rows []Option
	for _, row := range g.Options {
		if row.Feature.Built() {
			rows = append(rows, row)
		}
	}
	if len(rows) > 0 {
		fmt.Fprintf(b, "\n## %s\n\n", g.Title)
		writeRows(b, rows)
	}
}

// writeRows writes rows as a table, without those of features not built.
func writeRows(b *strings.Builder, rows []Option) {
	b.WriteString("| Option | Type | Default | Reload | Since | Meaning |\n|---|---|---|---|---|---|\n")
	for i := range rows {
		row := &rows[i]
		if !row.Feature.Built() {
			continue
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n",
			codes(row.Names()), row.typeText(), code(row.Default), row.Reload, row.Since, strings.ReplaceAll(row.Doc, "|", "\\|"))
	}
}

// typeText names the type with its bounds or words.
func (o *Option) typeText() string {
	switch {
	case len(o.Values) > 0:
		return codes(o.Values)
	case o.Min != 0 || o.Max != 0 && o.Max != maxInt64 && o.Max != maxInt32:
		low, high := o.bounds()
		if high == maxInt32 {
			return fmt.Sprintf("%s, %d or more", o.Type, low)
		}
		return fmt.Sprintf("%s, %d to %d", o.Type, low, high)
	default:
		return string(o.Type)
	}
}

// writeFlags writes the flags that this version has.
func writeFlags(b *strings.Builder) {
	b.WriteString("\n## Command line\n\nFlags override the file, at start and again at every reload; so does a boolean flag that is\n" +
		"given as `=false`.\n\n| Flag | Sets | Meaning |\n|---|---|---|\n")
	for i := range flagTable {
		f := &flagTable[i]
		if !f.Feature.Built() {
			continue
		}
		var names []string
		for _, n := range f.Names {
			names = append(names, flagName(n))
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", codes(names), code(f.Option), f.Doc)
	}
}

// writeLater lists what is known but refused.
func writeLater(b *strings.Builder) {
	b.WriteString("\n## Not in this version\n\nThese options are known, and using one is an error. Values that leave the feature off, such as\n" +
		"`jetstream: false`, are accepted.\n\n| Option | Feature | Meaning |\n|---|---|---|\n")
	for i := range root.Options {
		if row := &root.Options[i]; !row.Feature.Built() {
			fmt.Fprintf(b, "| %s | %s | %s |\n", codes(row.Names()), row.Feature, row.Doc)
		}
	}
	for _, s := range sections {
		for i := range s.block.Options {
			if row := &s.block.Options[i]; !row.Feature.Built() {
				fmt.Fprintf(b, "| in `%s`: %s | %s | %s |\n", s.name, codes(row.Names()), row.Feature, row.Doc)
			}
		}
	}
}

// codes writes words as code, joined by commas.
func codes(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = code(w)
	}
	return strings.Join(out, ", ")
}

// code writes a word as code, and nothing as nothing.
func code(word string) string {
	if word == "" {
		return ""
	}
	return "`" + word + "`"
}

// dedent takes the four spaces away with which the help indents examples.
func dedent(text string) string {
	return strings.TrimPrefix(strings.ReplaceAll(text, "\n    ", "\n"), "    ")
}

const referenceIntro = `# Options

Generated from the table of options in package ` + "`server/config`" + `; do not edit.

A configuration file holds one option per line. Names may be written in any case; where several
are given they mean the same. Unknown names are errors that point at the line.

` + "```" + `
# Where clients connect, and who they connect to.
listen: "127.0.0.1:4222"
server_name: east-1

max_payload: 2MB
max_connections: 10k
ping_interval: "30s"

http: 8222
log_file: "/var/log/dunlin.log"
` + "```" + `

- **boolean**: true, false, on, off, yes or no.
- **size**: a number of bytes, with a suffix if one likes: 1k is 1000, 1kb is 1024, and so on with m, g and t.
- **duration**: a string such as "1m30s"; a plain number is taken as seconds, with a warning. Quote it:
  2m without quotes is the number 2000000.
- **seconds**: a number, whole or not, or a duration.
- **strings**: an array of strings.
- **address**: a port, or a string "host:port".
- **file**: the path of a file or directory, relative to the working directory of the server.

The column *Reload* tells what happens when a changed file is loaded into a running server: *yes* applies
the change, *restart* refuses the whole reload, and *-* is another way to write options that have a row of
their own. ` + "`dunlin -t -c FILE`" + ` checks a file without starting.

Values can be named and used again, and come from the environment:

` + "```" + `
LIMIT: 4096
max_control_line: $LIMIT
` + "```" + `

Subject mappings rewrite the subjects that clients publish on:

` + "```" + `
mappings {
  "orders.*": "shop.orders.{{wildcard(1)}}"
  "search": [
    { dest: "search.v1", weight: 90% }
    { dest: "search.v2", weight: 10% }
  ]
  "bar.*": { dest: "baz.$1", weight: 100%, cluster: "east" }
}
` + "```" + `
`
