package config

import (
	"fmt"
	"slices"
	"time"

	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// importBlock is one element of an imports array. Its rows are bound to an
// [Import].
var importBlock = &Block{Options: []Option{
	{Name: "stream", Type: TypeSection, Block: accountSubjectBlock, Doc: "A stream of another account, as {account, subject}.", bind: importedBinding{service: false}},
	{Name: "service", Type: TypeSection, Block: accountSubjectBlock, Doc: "A service of another account, as {account, subject}.", bind: importedBinding{service: true}},
	{Name: "prefix", Type: TypeString, Doc: "Tokens in front of the subjects of a stream, in this account.", bind: bindImport(stringKind, func(i *Import) *string { return &i.Prefix })},
	{Name: "to", Type: TypeString, Doc: "The subject in this account; $1 and so on stand for wildcards of the other one.", bind: bindImport(stringKind, func(i *Import) *string { return &i.To })},
	{Name: "share", Type: TypeBool, Doc: "Tell the service who asks.", bind: bindImport(boolKind, func(i *Import) *bool { return &i.Share })},
	{Name: "allow_trace", Type: TypeBool, Doc: "Let traces of messages of the stream cross into this account.", bind: bindImport(boolKind, func(i *Import) *bool { return &i.AllowTrace })},
}}

func bindImport[V any](k *kind[V], ptr func(*Import) *V) binding { return field[Import, V]{k, ptr} }

// accountSubjectBlock names a subject of another account. Its rows are bound to
// an [Import].
var accountSubjectBlock = &Block{Options: []Option{
	{Name: "account", Type: TypeString, Doc: "The other account.", bind: bindImport(stringKind, func(i *Import) *string { return &i.Account })},
	{Name: "subject", Type: TypeString, Doc: "The subject there.", bind: bindImport(stringKind, func(i *Import) *string { return &i.Subject })},
}}

// importedBinding reads what is imported.
type importedBinding struct{ service bool }

func (b importedBinding) decode(c *cursor, target any, v *syntax.Value) {
	i := target.(*Import)
	name := kindOf(b.service)
	switch {
	case i.Subject != "" || i.Account != "":
		c.errorf("Detected %s but already saw a %s", name, kindOf(!b.service))
	case v.Kind != syntax.KindMap:
		c.errorf("%s entry should be an account map, got %s", map[bool]string{false: "Stream", true: "Service"}[b.service], goType(v))
	default:
		before := len(c.problems)
		c.decodeMap(accountSubjectBlock, v.Map, i)
		if len(c.problems) == before && (i.Account == "" || i.Subject == "") {
			c.errorf("Expect an account name and a subject")
		}
		i.Service, i.at = b.service, c.pos
	}
}

func (importedBinding) text(any) string           { return "" }
func (importedBinding) check(*Option, any) string { return "" }

func kindOf(service bool) string {
	if service {
		return "service"
	}
	return "stream"
}

// checkImport looks at a whole import.
func checkImport(c *cursor, m *syntax.Map, i *Import) {
	switch {
	case i.Account == "":
		c.decoder.errorf(keyPos(m), "an import needs a stream or a service")
	case i.Service && m.Get("allow_trace") != nil:
		c.decoder.errorf(keyPos(m, "allow_trace"), "Detected allow_trace directive on a non-stream")
	case !i.Service && i.Prefix != "" && i.To != "":
		c.decoder.errorf(keyPos(m, "to"), "Stream import can not have a 'prefix' and a 'to' property")
	}
}

// exportBlock is one element of an exports array. Its rows are bound to an
// [Export].
var exportBlock = &Block{Options: []Option{
	{Name: "stream", Type: TypeString, Doc: "The subject of a stream: messages that others may receive.", bind: exportedBinding{service: false}},
	{Name: "service", Type: TypeString, Doc: "The subject of a service: requests that others may send.", bind: exportedBinding{service: true}},
	{Name: "accounts", Type: TypeStrings, Doc: "The accounts that may import it; all if left out.", bind: privateBinding{}},
	{Name: "response_type", Aliases: []string{"response"}, Type: TypeString, Values: []string{"singleton", "stream", "chunked"}, Doc: "How many responses there are to a request; singleton if left out.", bind: bindExport(responseTypeKind, func(e *Export) *ResponseType { return &e.Response })},
	{
		Name: "response_threshold", Aliases: []string{"threshold", "response_max_time", "response_time"}, Type: TypeDuration,
		Doc:  "How long a response may take; 2 minutes if left out.",
		bind: bindExport(thresholdKind, func(e *Export) *time.Duration { return &e.Threshold }),
	},
	{Name: "latency", Type: TypeMixed, Block: latencyBlock, Doc: "Where the latency of the service is published: a subject, or {subject, sampling}.", bind: bindExport(latencyKind, func(e *Export) **Latency { return &e.Latency })},
	{Name: "account_token_position", Type: TypeInteger, Doc: "The token of the subject, counted from 1, that has to be the name of the importing account.", bind: bindExport(intKind, func(e *Export) *int { return &e.TokenPosition })},
	{Name: "allow_trace", Type: TypeBool, Doc: "Let traces of requests cross into this account.", bind: bindExport(boolKind, func(e *Export) *bool { return &e.AllowTrace })},
}}

func bindExport[V any](k *kind[V], ptr func(*Export) *V) binding { return field[Export, V]{k, ptr} }

// exportedBinding reads what is exported.
type exportedBinding struct{ service bool }

func (b exportedBinding) decode(c *cursor, target any, v *syntax.Value) {
	e := target.(*Export)
	switch {
	case v.Kind != syntax.KindString:
		c.errorf("Expected %s name to be string, got %s", kindOf(b.service), goType(v))
	case e.Subject != "":
		c.errorf("Detected %s %q but already saw a %s", kindOf(b.service), v.Str, kindOf(!b.service))
	default:
		e.Service, e.Subject, e.at = b.service, v.Str, c.pos
	}
}

func (exportedBinding) text(any) string           { return "" }
func (exportedBinding) check(*Option, any) string { return "" }

// privateBinding reads the accounts that may import.
type privateBinding struct{}

func (privateBinding) decode(c *cursor, target any, v *syntax.Value) {
	if names, ok := stringsOf(c, v); ok {
		e := target.(*Export)
		e.Private, e.Accounts = true, names
	}
}

func (privateBinding) text(any) string           { return "" }
func (privateBinding) check(*Option, any) string { return "" }

// checkExport looks at a whole export.
func checkExport(c *cursor, m *syntax.Map, e *Export) {
	if e.Subject == "" {
		c.decoder.errorf(keyPos(m), "an export needs a stream or a service")
		return
	}
	types, thresholds := exportBlock.rows["response_type"].Names(), exportBlock.rows["response_threshold"].Names()
	if e.Service {
		once(c, m, types, "Duplicate response type definition")
		once(c, m, thresholds, "Duplicate response threshold detected")
		return
	}
	for _, d := range []struct {
		name string
		keys []string
	}{
		{"response", slices.Concat(types, thresholds)},
		{"latency", []string{"latency"}},
		{"allow_trace", []string{"allow_trace"}},
	} {
		for _, key := range d.keys {
			if m.Get(key) != nil {
				c.decoder.errorf(keyPos(m, key), "Detected %s directive on non-service", d.name)
				return
			}
		}
	}
}

// once refuses a map that has an option under several of its names.
func once(c *cursor, m *syntax.Map, names []string, complaint string) {
	seen := false
	for _, name := range names {
		if m.Get(name) == nil {
			continue
		}
		if seen {
			c.decoder.errorf(keyPos(m, name), "%s", complaint)
			return
		}
		seen = true
	}
}

// responseTypeKind reads how many responses a service sends.
var responseTypeKind = &kind[ResponseType]{
	parse: func(c *cursor, v *syntax.Value) (ResponseType, bool) {
		if v.Kind == syntax.KindString {
			switch v.Str {
			case "single", "singleton", "Single", "Singleton":
				return Singleton, true
			case "stream", "Stream":
				return Streamed, true
			case "chunk", "chunked", "Chunk", "Chunked":
				return Chunked, true
			}
		}
		c.errorf("Unknown response type: %q", shown(v))
		return 0, false
	},
}

// thresholdKind reads how long a service may take to respond.
var thresholdKind = &kind[time.Duration]{
	parse: func(c *cursor, v *syntax.Value) (time.Duration, bool) {
		d, err := time.ParseDuration(v.Str)
		if v.Kind != syntax.KindString || err != nil || d < 0 {
			c.errorf("Expected response threshold to be a parseable time duration, got %q", shown(v))
			return 0, false
		}
		return d, true
	},
}

// latencyBlock is what is measured of a service. Its rows are bound to a
// [Latency].
var latencyBlock = &Block{Options: []Option{
	{Name: "sampling", Type: TypeMixed, Doc: "How many requests are measured, in percent, or \"headers\" for those with trace headers.", bind: field[Latency, int]{latencySamplingKind, func(l *Latency) *int { return &l.Sampling }}},
	{Name: "subject", Type: TypeString, Doc: "The subject that measurements are published to.", bind: field[Latency, string]{stringKind, func(l *Latency) *string { return &l.Subject }}},
}}

// latencyKind reads a subject, alone or with a rate.
var latencyKind = &kind[*Latency]{
	parse: func(c *cursor, v *syntax.Value) (*Latency, bool) {
		l := &Latency{Sampling: 100}
		switch v.Kind {
		case syntax.KindString:
			l.Subject = v.Str
		case syntax.KindMap:
			before := len(c.problems)
			c.decodeMap(latencyBlock, v.Map, l)
			if len(c.problems) > before {
				return nil, false
			}
		default:
			c.errorf("Expected latency entry to be a map/struct or string, got %s", goType(v))
			return nil, false
		}
		if l.Subject == "" {
			c.errorf("Latency subject required, but missing")
			return nil, false
		}
		return l, true
	},
}

// latencySamplingKind reads a rate in percent, or that headers decide.
var latencySamplingKind = &kind[int]{
	parse: func(c *cursor, v *syntax.Value) (int, bool) {
		if v.Kind == syntax.KindString && (v.Str == "headers" || v.Str == "Headers" || v.Str == "HEADERS") {
			return 0, true
		}
		n, ok := percent(v)
		switch {
		case !ok:
			c.errorf("Expected latency sample to be a number, a percentage or \"headers\", got %s", shown(v))
		case n < 1 || n > 100:
			c.errorf("bad sampling percentage, should be 1-100")
			ok = false
		}
		return n, ok
	},
}

// String names the type as files do.
func (r ResponseType) String() string {
	switch r {
	case Singleton:
		return "singleton"
	case Streamed:
		return "stream"
	case Chunked:
		return "chunked"
	}
	return fmt.Sprint(uint8(r))
}
