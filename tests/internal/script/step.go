package script

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
)

var (
	onlyPrefix = regexp.MustCompile(`^\[(dunlin|reference) ([a-z0-9-]+)\] `)
	wireStep   = regexp.MustCompile(`^([a-z0-9]+)(>>|>http|>frame|>close|>raw|>|<info|<json|<http|<frame~|<frame|<close[~?]?|<<|<~|<\||<)(?: (.*))?$`)
)

// wordSteps are the steps that begin with a word: whether a client's name
// follows, and whether the rest of the line is one text.
var wordSteps = map[Op]struct{ client, rest bool }{
	Connect: {client: true}, StartTLS: {client: true}, Close: {client: true}, HalfClose: {client: true}, Cut: {client: true},
	Sync: {client: true}, EOF: {client: true}, Reason: {client: true, rest: true},
	Chop: {client: true}, Drain: {client: true}, Frames: {client: true, rest: true},
	TCP: {}, Config: {}, Args: {}, Reload: {}, Refuse: {}, Signal: {}, Exit: {}, Log: {rest: true}, Get: {}, Unreachable: {},
}

func parseStep(line string) (Step, error) {
	var step Step
	if m := onlyPrefix.FindStringSubmatch(line); m != nil {
		step.Only, step.Reason = m[1], m[2]
		line = line[len(m[0]):]
	}
	if m := wireStep.FindStringSubmatch(line); m != nil {
		return parseWire(step, m[1], m[2], m[3])
	}
	word, rest, _ := strings.Cut(line, " ")
	kind, ok := wordSteps[Op(word)]
	if !ok {
		return step, fmt.Errorf("unknown step %q", line)
	}
	step.Op = Op(word)
	if kind.client {
		step.Client, rest, _ = strings.Cut(rest, " ")
		if step.Client == "" {
			return step, fmt.Errorf("%s needs a client", word)
		}
	}
	var err error
	switch {
	case kind.rest:
		step.Text = rest
		if step.Op == Frames {
			_, err = regexp.Compile(rest)
		}
	case step.Op == Connect:
		options, object, found := strings.Cut(rest, "{")
		step.Args, err = splitFields(options)
		if found {
			step.Text = "{" + object
		}
	case step.Op == Get:
		step.Args, err = splitFields(rest)
	default:
		step.Args = strings.Fields(rest)
	}
	return step, err
}

func parseWire(step Step, client, op, rest string) (Step, error) {
	step.Client, step.Op = client, Op(op)
	var err error
	switch op {
	case ">>", "<<":
		step.Op = Op(op[:1])
		step.Text, err = unescape(rest)
	case "<~":
		step.Text = rest
		_, err = regexp.Compile(rest)
	case "<info", "<json", "<http", ">http":
		step.Args, err = splitFields(rest)
	case ">raw":
		step.Text, err = unescape(rest)
	case ">frame", "<frame", "<frame~", ">close", "<close", "<close~", "<close?":
		return parseFrame(step, rest)
	default:
		step.Text, err = unescape(rest)
		step.Text += "\r\n"
	}
	return step, err
}

// parseFrame parts the first word, which is a kind of frame or a close code,
// from the payload or reason behind it.
func parseFrame(step Step, rest string) (Step, error) {
	kind, payload, _ := strings.Cut(rest, " ")
	if kind != "" {
		step.Args = []string{kind}
	}
	var err error
	switch step.Op {
	case SendClose, ExpectClose, MatchClose, MaybeClose:
		if kind == "" {
			return step, nil
		}
		_, err = strconv.ParseUint(kind, 10, 16)
	default:
		if kind == "" {
			err = fmt.Errorf("%s needs a kind of frame", step.Op)
		}
	}
	if err != nil {
		return step, err
	}
	if step.Op == MatchFrame || step.Op == MatchClose {
		step.Text = payload
		_, err = regexp.Compile(payload)
		return step, err
	}
	step.Text, err = unescape(payload)
	return step, err
}

// splitFields cuts at blanks outside double quotes.
func splitFields(text string) ([]string, error) {
	var fields []string
	var field strings.Builder
	quoted := false
	for i := range len(text) {
		c := text[i]
		switch {
		case c == ' ' && !quoted:
			if field.Len() > 0 {
				fields = append(fields, field.String())
				field.Reset()
			}
			continue
		case c == '"' && (i == 0 || text[i-1] != '\\'):
			quoted = !quoted
		}
		field.WriteByte(c)
	}
	if quoted {
		return nil, errors.New("open quote")
	}
	if field.Len() > 0 {
		fields = append(fields, field.String())
	}
	return fields, nil
}

// unescape resolves the escapes of the language.
func unescape(text string) (string, error) {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			out.WriteByte(text[i])
			continue
		}
		plain, used, err := escape(text[i+1:])
		if err != nil {
			return "", err
		}
		out.WriteString(plain)
		i += used
	}
	return out.String(), nil
}

// noise is n bytes that do not compress, the same for every call.
func noise(n int) string {
	random := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return string(b)
}

var simpleEscapes = map[byte]string{'r': "\r", 'n': "\n", 't': "\t", 's': " ", '\\': "\\"}

// escape resolves the one escape that text begins with, after its backslash,
// and tells how many bytes it took.
func escape(text string) (plain string, used int, err error) {
	if text == "" {
		return "", 0, errors.New("backslash at the end")
	}
	if plain, ok := simpleEscapes[text[0]]; ok {
		return plain, 1, nil
	}
	switch text[0] {
	case 'x':
		if len(text) < 3 {
			return "", 0, errors.New(`\x needs two digits`)
		}
		b, err := strconv.ParseUint(text[1:3], 16, 8)
		return string([]byte{byte(b)}), 3, err
	case '?':
		digits, _, closed := strings.Cut(strings.TrimPrefix(text[1:], "{"), "}")
		n, err := strconv.Atoi(digits)
		if err != nil || !closed || !strings.HasPrefix(text[1:], "{") {
			return "", 0, errors.New(`\? needs the form \?{N}`)
		}
		return noise(n), len("?{}") + len(digits), nil
	case '*':
		count, rest, open := strings.Cut(text[1:], "{")
		unit, _, closed := strings.Cut(rest, "}")
		n, err := strconv.Atoi(count)
		if err != nil || !open || !closed {
			return "", 0, errors.New(`\* needs the form \*N{text}`)
		}
		used := len("*{}") + len(count) + len(unit)
		unit, err = unescape(unit)
		return strings.Repeat(unit, n), used, err
	}
	return "", 0, fmt.Errorf(`unknown escape \%c`, text[0])
}
