package syntax

import (
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// testFiles are what snippets can include.
var testFiles = map[string]string{
	"i.conf":      "x: 1\n  y: 2\n",
	"v.conf":      "VV = 3\n",
	"e.conf":      ``,
	"b.conf":      "x: {\n",
	"u.conf":      "x: $P\n",
	"p.conf":      "port: 4222\n",
	"d.conf":      "debug: true\n",
	"nested.conf": "include p.conf\ninclude d.conf\n",
	"env.conf":    "x: $E1\n",
	"bad.conf":    "port: [,\n",
	"top.conf":    "{ port: 4222 }\n",
}

func readTestFile(path string) ([]byte, error) {
	text, ok := testFiles[path]
	if !ok {
		return nil, &os.PathError{Op: "open", Path: path, Err: errors.New("no such file or directory")}
	}
	return []byte(text), nil
}

var testOptions = Options{Dir: ".", ReadFile: readTestFile, LookupEnv: lookupTestEnv}

// Every message was seen on nats-server 2.15 with the same text, but for the
// NUL character that it prints at the end of the text, here EOF.
func TestErrorsAreThoseOfTheReferenceServer(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ text, pos, msg string }{
		{`port = = 4`, `c.conf:1:9`, `Parse error on line 1: 'Expected a top-level value to end with a new line, comment or EOF, but got '4' instead.'`},
		{`port`, `c.conf:1:4`, `config is invalid (c.conf:1:4)`},
		{"port :\n\n 4222", `c.conf:1:6`, `Parse error on line 2: 'Expected value but found new line'`},
		{`{name: x port: 3}`, `c.conf:1:9`, `Parse error on line 1: 'Expected a block-level value to end with a new line, comment or EOF, but got 'p' instead.'`},
		{"{ port: 1 \n debug: true", `c.conf:2:13`, `Parse error on line 2: 'Expected a block-level value to end with a new line, comment or EOF, but got 'EOF' instead.'`},
		{"server_metadata { a: 0x10\nb: 1e5 \n c: 1.5e3\n}", `c.conf:3:8`, `Parse error on line 3: 'Expected a map value terminator "," or a map terminator "}", but got 'e' instead.'`},
		{`port: 1 MB`, `c.conf:1:8`, `Parse error on line 1: 'Expected a top-level value to end with a new line, comment or EOF, but got 'M' instead.'`},
		{`server_tags: [a b]`, `c.conf:1:16`, `Parse error on line 1: 'Expected an array value terminator "," or an array terminator "]", but got 'b' instead.'`},
		{`server_tags: [a,,b]`, `c.conf:1:16`, `Parse error on line 1: 'Unexpected array value terminator ','.'`},
		{`server_tags: [,a]`, `c.conf:1:14`, `Parse error on line 1: 'Unexpected array value terminator ','.'`},
		{"server_tags: [a\n,b]", `c.conf:2:1`, `Parse error on line 2: 'Unexpected array value terminator ','.'`},
		{"server_tags: [a,\n,b]", `c.conf:2:1`, `Parse error on line 2: 'Unexpected array value terminator ','.'`},
		{`server_tags: [`, `c.conf:1:14`, `Parse error on line 1: 'Expected an array value terminator "," or an array terminator "]", but got 'EOF' instead.'`},
		{`server_metadata: {a: 'x'`, `c.conf:1:24`, `Parse error on line 1: 'Expected a map value terminator "," or a map terminator "}", but got 'EOF' instead.'`},
		{`server_metadata: {a: x`, `c.conf:1:22`, `Parse error on line 1: 'Expected a map value terminator "," or a map terminator "}", but got 'EOF' instead.'`},
		{`server_metadata: {a`, `c.conf:1:19`, `Parse error on line 1: 'Unexpected EOF processing map key.'`},
		{`server_metadata: {`, `c.conf:1:18`, `Parse error on line 1: 'Unexpected EOF processing map.'`},
		{`server_metadata: {a}`, `c.conf:1:20`, `Parse error on line 1: 'Unexpected EOF processing map key.'`},
		{`server_metadata: {a:]}`, `c.conf:1:20`, `Parse error on line 1: 'Expected a map value terminator "," or a map terminator "}", but got ']' instead.'`},
		{`server_metadata: {a:,b:c}`, `c.conf:1:20`, `Parse error on line 1: 'Unexpected map value terminator ",".'`},
		{`server_name: 'a b`, `c.conf:1:17`, `Parse error on line 1: 'Unexpected EOF.'`},
		{`server_name: "a b`, `c.conf:1:17`, `Parse error on line 1: 'Unexpected EOF.'`},
		{`server_name: "a\qb"`, `c.conf:1:16`, `Parse error on line 1: 'Invalid escape character 'q'. Only the following escape characters are allowed: \xXX, \t, \n, \r, \", \\.'`},
		{`server_name: "a\x4g"`, `c.conf:1:17`, `Parse error on line 1: 'Expected two hexadecimal digits after '\x', but got '4g''`},
		{`server_name: a\q`, `c.conf:1:15`, `Parse error on line 1: 'Invalid escape character 'q'. Only the following escape characters are allowed: \xXX, \t, \n, \r, \", \\.'`},
		{"server_name: //b\n x", `c.conf:2:3`, `config is invalid (c.conf:2:3)`},
		{"server_name: #b\n x\n", `c.conf:3:1`, `config is invalid (c.conf:3:1)`},
		{"server_name (\n foo\n) x", `c.conf:3:4`, `Parse error on line 3: 'Unexpected EOF processing block.'`},
		{`server_name (foo)`, `c.conf:1:17`, `Parse error on line 1: 'Unexpected EOF processing block.'`},
		{`server_name (`, `c.conf:1:13`, `Parse error on line 1: 'Unexpected EOF processing block.'`},
		{"A = -1s\n", `c.conf:1:6`, `Parse error on line 1: 'Expected a top-level value to end with a new line, comment or EOF, but got 's' instead.'`},
		{"A = -\n", `c.conf:1:5`, `Parse error on line 2: 'Expected a digit but got '\n'.'`},
		{"A = -x\n", `c.conf:1:5`, `Parse error on line 1: 'Expected a digit but got 'x'.'`},
		{"A = --5\n", `c.conf:1:5`, `Parse error on line 1: 'Expected a digit but got '-'.'`},
		{"A = 1.5m\n", `c.conf:1:7`, `Parse error on line 1: 'Expected a top-level value to end with a new line, comment or EOF, but got 'm' instead.'`},
		{"A = 1.\n", `c.conf:1:6`, `Parse error on line 2: 'Floats must have a digit after the '.', but got '\n' instead.'`},
		{"A = 1.x\n", `c.conf:1:6`, `Parse error on line 1: 'Floats must have a digit after the '.', but got 'x' instead.'`},
		{"A = .5\n", `c.conf:1:4`, `Parse error on line 1: 'Floats must start with a digit'`},
		{"A = -.5\n", `c.conf:1:5`, `Parse error on line 1: 'Floats must start with a digit, not '.'.'`},
		{"A = 1..5\n", `c.conf:1:6`, `Parse error on line 1: 'Floats must have a digit after the '.', but got '.' instead.'`},
		{"A = 1-2\n", `c.conf:1:5`, `Parse error on line 1: 'All ISO8601 dates must be in full Zulu form.'`},
		{"A = 12-3\n", `c.conf:1:6`, `Parse error on line 1: 'All ISO8601 dates must be in full Zulu form.'`},
		{"A = 123-4\n", `c.conf:1:7`, `Parse error on line 1: 'All ISO8601 dates must be in full Zulu form.'`},
		{"A = 2024-abc\n", `c.conf:1:9`, `Parse error on line 1: 'Expected digit in ISO8601 datetime, but found 'a' instead.'`},
		{"A = 2024-01-02T15:04:05Zx\n", `c.conf:1:24`, `Parse error on line 1: 'Expected a top-level value to end with a new line, comment or EOF, but got 'x' instead.'`},
		{"A = 2024-01-02\n", `c.conf:1:14`, `Parse error on line 2: 'Expected 'T' in ISO8601 datetime, but found '\n' instead.'`},
		{"A = 2024-01-02T15:04:05\n", `c.conf:1:23`, `Parse error on line 2: 'Expected 'Z' in ISO8601 datetime, but found '\n' instead.'`},
		{"A = 2024-13-02T15:04:05Z\n", `c.conf:1:4`, `expected Zulu formatted DateTime, but got '2024-13-02T15:04:05Z'`},
		{"A = 20245-01\n", `c.conf:1:9`, `Parse error on line 1: 'All ISO8601 dates must be in full Zulu form.'`},
		{"A = -2024-01-02T15:04:05Z\n", `c.conf:1:9`, `Parse error on line 1: 'Expected a top-level value to end with a new line, comment or EOF, but got '-' instead.'`},
		{"A = 9223372036854775808\n", `c.conf:1:4`, `integer '9223372036854775808' is out of the range`},
		{"A = 99999999999999999999\n", `c.conf:1:4`, `integer '99999999999999999999' is out of the range`},
		{"A = $\n", `c.conf:1:4`, `variable reference for '' on line 1 can not be found`},
		{"A = $ \n", `c.conf:1:4`, `variable reference for '' on line 1 can not be found`},
		{"A = $x\n", `c.conf:1:4`, `variable reference for 'x' on line 1 can not be found`},
		{"A = $2b$x\n", `c.conf:1:4`, `variable reference for '2b$x' on line 1 can not be found`},
		{"A = $$\n", `c.conf:1:4`, `variable reference for '$' on line 1 can not be found`},
		{"A = ${x}\n", `c.conf:1:4`, `variable reference for '{x' on line 1 can not be found`},
		{"A = $A.b\n", `c.conf:1:4`, `variable reference for 'A.b' on line 1 can not be found`},
		{"A = a\\ b\n", `c.conf:1:6`, `Parse error on line 1: 'Invalid escape character ' '. Only the following escape characters are allowed: \xXX, \t, \n, \r, \", \\.'`},
		{"A = a\\'\n", `c.conf:1:6`, `Parse error on line 1: 'Invalid escape character '''. Only the following escape characters are allowed: \xXX, \t, \n, \r, \", \\.'`},
		{"port =\n4222", `c.conf:1:6`, `Parse error on line 2: 'Expected value but found new line'`},
		{"port = \n 4222", `c.conf:1:7`, `Parse error on line 2: 'Expected value but found new line'`},
		{"port =\n\n4222", `c.conf:1:6`, `Parse error on line 2: 'Expected value but found new line'`},
		{"port:\r\n4222", `c.conf:1:5`, `Parse error on line 1: 'Expected value but found new line'`},
		{"port :\n#c\n4222", `c.conf:1:6`, `Parse error on line 2: 'Expected value but found new line'`},
		{"port #c\n4222", `c.conf:2:5`, `config is invalid (c.conf:2:5)`},
		{"port\n#c\n4222", `c.conf:3:5`, `config is invalid (c.conf:3:5)`},
		{`port {`, `c.conf:1:6`, `Parse error on line 1: 'Unexpected EOF processing map.'`},
		{"A=\n{\n}", `c.conf:1:2`, `Parse error on line 2: 'Expected value but found new line'`},
		{"A=[1\n#c\n2 #d\n, 3 //e\n]", `c.conf:4:1`, `Parse error on line 4: 'Unexpected array value terminator ','.'`},
		{"A=[1 #c\n, 2]", `c.conf:2:1`, `Parse error on line 2: 'Unexpected array value terminator ','.'`},
		{`A=['x''y']`, `c.conf:1:6`, `Parse error on line 1: 'Expected an array value terminator "," or an array terminator "]", but got ''' instead.'`},
		{`A=[[a][b]]`, `c.conf:1:6`, `Parse error on line 1: 'Expected an array value terminator "," or an array terminator "]", but got '[' instead.'`},
		{`A=[{x:1}{y:2}]`, `c.conf:1:8`, `Parse error on line 1: 'Expected an array value terminator "," or an array terminator "]", but got '{' instead.'`},
		{`A=[1 2]`, `c.conf:1:5`, `Parse error on line 1: 'Expected an array value terminator "," or an array terminator "]", but got '2' instead.'`},
		{`A={]}`, `c.conf:1:3`, `Parse error on line 1: 'Unexpected array end ']' processing map.'`},
		{`A={x:1 y:2}`, `c.conf:1:7`, `Parse error on line 1: 'Expected a map value terminator "," or a map terminator "}", but got 'y' instead.'`},
		{`A={x:'1'y:2}`, `c.conf:1:8`, `Parse error on line 1: 'Expected a map value terminator "," or a map terminator "}", but got 'y' instead.'`},
		{"A={x #c\n:1}", `c.conf:2:1`, `Parse error on line 2: 'Unexpected key separator ':'.'`},
		{"A={x: #c\n1}", `c.conf:2:3`, `Parse error on line 2: 'Unexpected EOF processing map key.'`},
		{`A={x}`, `c.conf:1:5`, `Parse error on line 1: 'Unexpected EOF processing map key.'`},
		{`A={x:,}`, `c.conf:1:5`, `Parse error on line 1: 'Unexpected map value terminator ",".'`},
		{`'a`, `c.conf:1:2`, `Parse error on line 1: 'Unexpected EOF.'`},
		{"\"a\n: b", `c.conf:2:4`, `Parse error on line 2: 'Unexpected EOF.'`},
		{`=1`, `c.conf:1:0`, `Parse error on line 1: 'Unexpected key separator '=''`},
		{`:1`, `c.conf:1:0`, `Parse error on line 1: 'Unexpected key separator ':''`},
		{"{ a: 1 \n b", `c.conf:2:3`, `config is invalid (c.conf:2:3)`},
		{`{ a`, `c.conf:1:3`, `config is invalid (c.conf:1:3)`},
		{`{ a:`, `c.conf:1:4`, `Parse error on line 1: 'Expected a block-level value to end with a new line, comment or EOF, but got 'EOF' instead.'`},
		{`{a:1}{b:2}x`, `c.conf:1:11`, `config is invalid (c.conf:1:11)`},
		{`{ a: 1 x`, `c.conf:1:7`, `Parse error on line 1: 'Expected a block-level value to end with a new line, comment or EOF, but got 'x' instead.'`},
		{`{ a: {b: 1} c: 2}`, `c.conf:1:12`, `Parse error on line 1: 'Expected a block-level value to end with a new line, comment or EOF, but got 'c' instead.'`},
		{`{ a: [1 ] c: 2}`, `c.conf:1:10`, `Parse error on line 1: 'Expected a block-level value to end with a new line, comment or EOF, but got 'c' instead.'`},
		{"a: 1\n, b: 2", `c.conf:2:6`, `Parse error on line 2: 'Expected a top-level value to end with a new line, comment or EOF, but got '2' instead.'`},
		{"a: 1\n; b: 2", `c.conf:2:6`, `Parse error on line 2: 'Expected a top-level value to end with a new line, comment or EOF, but got '2' instead.'`},
		{`a: 1;;`, `c.conf:1:6`, `config is invalid (c.conf:1:6)`},
		{`a: 1,,`, `c.conf:1:6`, `config is invalid (c.conf:1:6)`},
		{"x (\na\n) \ny: 2", `c.conf:4:5`, `Parse error on line 4: 'Unexpected EOF processing block.'`},
		{"x (\n)# c\n", `c.conf:3:1`, `Parse error on line 3: 'Unexpected EOF processing block.'`},
		{`x ()`, `c.conf:1:4`, `Parse error on line 1: 'Unexpected EOF processing block.'`},
		{"x [(\na\n), b]", `c.conf:3:6`, `Parse error on line 3: 'Unexpected EOF processing block.'`},
		{"x {y (\na\n)}", `c.conf:3:3`, `Parse error on line 3: 'Unexpected EOF processing block.'`},
		{`include p.conf, debug: true`, `c.conf:1:0`, `error parsing include file 'p.conf,', open p.conf,: no such file or directory`},
		{"include p.conf#c\n", `c.conf:1:0`, `error parsing include file 'p.conf#c', open p.conf#c: no such file or directory`},
		{`include = p.conf`, `c.conf:1:0`, `error parsing include file '=', open =: no such file or directory`},
		{"include\np.conf", `c.conf:1:7`, `Parse error on line 2: 'Expected include value but found new line'`},
		{`include`, `c.conf:1:7`, `config is invalid (c.conf:1:7)`},
		{`include 'p.conf`, `c.conf:1:15`, `Parse error on line 1: 'Unexpected EOF in quoted include'`},
		{`include nope.conf`, `c.conf:1:0`, `error parsing include file 'nope.conf', open nope.conf: no such file or directory`},
		{`include /p/x`, `c.conf:1:0`, `error parsing include file '/p/x', open p/x: no such file or directory`},
		{`include b.conf`, `b.conf:2:1`, `error parsing include file 'b.conf', Parse error on line 2: 'Unexpected EOF processing map.'`},
		{`include bad.conf`, `bad.conf:1:7`, `error parsing include file 'bad.conf', Parse error on line 1: 'Unexpected array value terminator ','.'`},
		{`include u.conf`, `u.conf:1:3`, `error parsing include file 'u.conf', variable reference for 'P' on line 1 can not be found`},
		{"P=1\ninclude u.conf", `u.conf:1:3`, `error parsing include file 'u.conf', variable reference for 'P' on line 1 can not be found`},
		{`include [p.conf]`, `c.conf:1:8`, `Parse error on line 1: 'Expected include value but found start of an array'`},
		{`include {p.conf}`, `c.conf:1:8`, `Parse error on line 1: 'Expected include value but found start of a map'`},
		{`include (p`, `c.conf:1:8`, `Parse error on line 1: 'Expected include value but found start of a block'`},
		{`include 5`, `c.conf:1:8`, `Parse error on line 1: 'Expected include value but found start of a number'`},
		{`include 5.conf`, `c.conf:1:8`, `Parse error on line 1: 'Expected include value but found start of a number'`},
		{`include -5`, `c.conf:1:8`, `Parse error on line 1: 'Expected include value but found start of a number'`},
		{`include a\nb`, `c.conf:1:0`, `error parsing include file 'a\nb', open a\nb: no such file or directory`},
		{`include p\x2econf`, `c.conf:1:0`, `error parsing include file 'p\x2econf', open p\x2econf: no such file or directory`},
		{`server_metadata { include i.conf, z: 3 }`, `c.conf:1:18`, `error parsing include file 'i.conf,', open i.conf,: no such file or directory`},
		{`server_metadata { include i.conf z: 3 }`, `c.conf:1:33`, `Parse error on line 1: 'Expected a map value terminator "," or a map terminator "}", but got 'z' instead.'`},
		{`include $E2`, `c.conf:1:0`, `error parsing include file '$E2', open $E2: no such file or directory`},
		{`include p.conf,debug: true`, `c.conf:1:0`, `error parsing include file 'p.conf,debug:', open p.conf,debug:: no such file or directory`},
		{`include #p.conf`, `c.conf:1:0`, `error parsing include file '#p.conf', open #p.conf: no such file or directory`},
		{"A = $E6\n", `c.conf:1:4`, `variable reference for 'E6' on line 1 could not be parsed: variable reference for 'E6' on line 1 could not be parsed: variable reference cycle for 'E6'`},
		{"A = $E7\n", `c.conf:1:4`, `variable reference for 'E7' on line 1 could not be parsed: variable reference for 'E8' on line 1 could not be parsed: variable reference for 'E7' on line 1 could not be parsed: variable reference cycle for 'E7'`},
		{"A = $E8\n", `c.conf:1:4`, `variable reference for 'E8' on line 1 could not be parsed: variable reference for 'E7' on line 1 could not be parsed: variable reference for 'E8' on line 1 could not be parsed: variable reference cycle for 'E8'`},
		{"A = $E10\n", `c.conf:1:4`, `variable reference for 'E10' on line 1 could not be parsed: Parse error on line 1: 'Expected a top-level value to end with a new line, comment or EOF, but got 'b' instead.'`},
		{"A = $E13\n", `c.conf:1:4`, `variable reference for 'E13' on line 1 could not be parsed: variable reference for 'A' on line 1 can not be found`},
		{"A = $E14\n", `c.conf:1:4`, `variable reference for 'E14' on line 1 could not be parsed: Parse error on line 1: 'Unexpected EOF.'`},
		{"A = $E20\n", `c.conf:1:4`, `variable reference for 'E20' on line 1 could not be parsed: Parse error on line 1: 'Expected a top-level value to end with a new line, comment or EOF, but got 'i' instead.'`},
		{"A={y: $x, x: 1}\n", `c.conf:1:6`, `variable reference for 'x' on line 1 can not be found`},
		{"A={b: {x: 1}, y: $x}\n", `c.conf:1:17`, `variable reference for 'x' on line 1 can not be found`},
		{"A=$E1#c\n", `c.conf:1:2`, `variable reference for 'E1#c' on line 1 can not be found`},
		{"A=$2\n", `c.conf:1:2`, `variable reference for '2' on line 1 can not be found`},
		{"A=$2a\n", `c.conf:1:2`, `variable reference for '2a' on line 1 can not be found`},
		{"A = $2b$10$ab\n", `c.conf:1:4`, `variable reference for '2b$10$ab' on line 1 can not be found`},
		{"A= {A: $A}\n", `c.conf:1:7`, `variable reference for 'A' on line 1 can not be found`},
		{"A=$PATH_NOPE\n", `c.conf:1:2`, `variable reference for 'PATH_NOPE' on line 1 can not be found`},
		{`server_metadata = { x: $FOO }`, `c.conf:1:23`, `variable reference for 'FOO' on line 1 can not be found`},
		{"\n\n server_metadata = { x: $FOO }", `c.conf:3:25`, `variable reference for 'FOO' on line 3 can not be found`},
		{"port: 9999999999999999999\n", `c.conf:1:6`, `integer '9999999999999999999' is out of the range`},
		{"\n\nport: 9999999999999999999k\n", `c.conf:3:7`, `integer '9999999999999999999k' is out of the range`},
		{`A={b=9999999999999999999}`, `c.conf:1:5`, `integer '9999999999999999999' is out of the range`},
		{"A={x:\n,}\n", `c.conf:2:1`, `Parse error on line 2: 'Unexpected map value terminator ",".'`},
		{"A={x:,}\n", `c.conf:1:5`, `Parse error on line 1: 'Unexpected map value terminator ",".'`},
		{"A={x ,}\n", `c.conf:1:5`, `Parse error on line 1: 'Unexpected map value terminator ",".'`},
		{`a`, `c.conf:1:1`, `config is invalid (c.conf:1:1)`},
		{`a `, `c.conf:1:2`, `config is invalid (c.conf:1:2)`},
		{"a\n", `c.conf:2:1`, `config is invalid (c.conf:2:1)`},
		{`{a`, `c.conf:1:2`, `config is invalid (c.conf:1:2)`},
		{`{a `, `c.conf:1:3`, `config is invalid (c.conf:1:3)`},
		{`{a:1,b`, `c.conf:1:6`, `config is invalid (c.conf:1:6)`},
		{`a {b`, `c.conf:1:4`, `Parse error on line 1: 'Unexpected EOF processing map key.'`},
		{`a {b: c,`, `c.conf:1:8`, `Parse error on line 1: 'Unexpected EOF processing map.'`},
		{`a {b: 'c`, `c.conf:1:8`, `Parse error on line 1: 'Unexpected EOF.'`},
		{`a ['b`, `c.conf:1:5`, `Parse error on line 1: 'Unexpected EOF.'`},
		{`a ( b`, `c.conf:1:5`, `Parse error on line 1: 'Unexpected EOF processing block.'`},
		{`a "b`, `c.conf:1:4`, `Parse error on line 1: 'Unexpected EOF.'`},
		{`'a' `, `c.conf:1:4`, `config is invalid (c.conf:1:4)`},
		{`'a'`, `c.conf:1:3`, `config is invalid (c.conf:1:3)`},
		{`a -`, `c.conf:1:3`, `Parse error on line 1: 'Expected a digit but got 'EOF'.'`},
		{`a 1.`, `c.conf:1:4`, `Parse error on line 1: 'Floats must have a digit after the '.', but got 'EOF' instead.'`},
		{`a 2024-`, `c.conf:1:7`, `Parse error on line 1: 'Expected digit in ISO8601 datetime, but found 'EOF' instead.'`},
		{`a $`, `c.conf:1:2`, `variable reference for '' on line 1 can not be found`},
		{"include\n", `c.conf:1:7`, `Parse error on line 2: 'Expected include value but found new line'`},
		{`include '`, `c.conf:1:9`, `Parse error on line 1: 'Unexpected EOF in quoted include'`},
		{`a { include`, `c.conf:1:11`, `Parse error on line 1: 'Unexpected EOF processing map key.'`},
		{`a { include 'i.conf`, `c.conf:1:19`, `Parse error on line 1: 'Unexpected EOF in quoted include'`},
	} {
		t.Run(tc.text, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("c.conf", []byte(tc.text), testOptions)
			var got *Error
			if !errors.As(err, &got) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if diff := cmp.Diff(tc.msg, got.Error()); diff != "" {
				t.Errorf("message (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tc.pos, got.Pos.String()); diff != "" {
				t.Errorf("position (-want +got)\n%s", diff)
			}
		})
	}
}
