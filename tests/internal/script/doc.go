// Package script is the small language in which wire conversations are
// written down: what clients send, byte for byte, and what must come back.
//
// A file is about one topic. It opens with a comment that says which, and
// holds scenarios, each under a line `=== what must hold`. At the end stand
// files for the server's folder in txtar form; server.conf is its
// configuration unless a scenario names another one with `config`:
//
//	# SUB and UNSUB.
//	=== a message reaches a subscriber
//	connect a {"verbose":false}
//	a> SUB foo 1
//	a> PUB foo 2
//	a> hi
//	a< MSG foo 1 2
//	a< hi
//	-- server.conf --
//	max_payload: 100
//
// Steps that name a client (one or more lower-case letters and digits):
//
//	connect a [tls|tlsfirst] [cert] [{json}]
//	                 open a connection. With a CONNECT object the runner also
//	                 says CONNECT and PING and reads up to the PONG (and the
//	                 INFO after it when protocol is 1), which then is no
//	                 exchange of its own. cert presents the client certificate
//	a> text          send text and CR LF
//	a>> text         send text as it is
//	cut a            send what follows on its own; without it, neighbouring
//	                 lines of one client go out in one write
//	a< text          text and CR LF is what comes next, byte for byte
//	a<< text         text is what comes next, without CR LF after it
//	a<~ regexp       the next line matches, as a whole
//	a<| text         like a<, but neighbouring lines of this kind may come in
//	                 any order; each is a whole message
//	a<info k=v ...   the next line is INFO and has these values
//	a<json k=v ...   the next line is a JSON object and has these values
//	sync a           nothing has come: the next thing is the PONG to our PING
//	eof a            nothing more comes, the server closes
//	reason a text    the server states this reason for having closed a
//	starttls a [cert], halfclose a, close a
//
// Over WebSocket a client's texts travel in frames. Everything above works as
// over TCP: neighbouring lines go out in one masked binary frame, compressed
// if that is agreed, and what comes is unpacked.
//
//	connect a ws [tls] [cert] [/path] [Name=value ...] [{json}]
//	                 open a connection to the websocket listener and shake
//	                 hands; the fields change the request as in a>http
//	connect a http [tls] [cert]
//	                 open one and say nothing; a's texts are those of HTTP
//	a>http [METHOD] [/path] [HTTP/1.0] [Name=value ...]
//	                 ask for an upgrade; a field takes the place of a default
//	                 or is added, the same name again adds a line, and - leaves
//	                 one out. A value with blanks stands in double quotes
//	a<http N k=v ... the answer has status N and these values: version, reason,
//	                 names (of the fields, in their order, joined with a comma
//	                 and a blank), fields.NAME, body. After 101 a speaks frames
//	a>frame KIND text
//	                 send this frame. KIND is text, binary, continuation, ping,
//	                 pong, close or opcodeN, and behind commas: nofin, rsv1,
//	                 rsv2, rsv3, unmasked, len16, len64 (a longer length than
//	                 needed), deflate (compress text and set RSV1)
//	a>close N text   send a close frame; without N an empty one
//	a>raw text       send these bytes, outside of any frame
//	chop a N         from now on send in pieces of N bytes; 0 ends that
//	a<frame KIND text
//	                 the next frame is this one; KIND may have nofin, rsv1,
//	                 deflate (text is what it unpacks to) and size=N (instead of
//	                 text, which then is not looked at)
//	a<frame~ KIND regexp
//	a<close N text   the next frame closes with this code and reason
//	a<close~ N regexp
//	a<close? N text  the same, or there is nothing more
//	frames a regexp  the frames since the last such step or the handshake
//	                 match as a whole, written as first byte and size: 82:120
//	drain a          the server closes, whatever it said before
//
// Steps about the server:
//
//	tcp              this is about TCP, do not play it over WebSocket (must come
//	                 first)
//	config FILE      start with this file (must come first)
//	args A B ...     start with these arguments (must come first)
//	reload FILE      replace the configuration, send SIGHUP, wait until done
//	refuse FILE      the same, but wait until the server has refused it
//	signal NAME      send a signal: TERM INT HUP USR1 USR2
//	exit N           the process ends with this code
//	log text         a line with this text is logged
//	unreachable [http]
//	                 the listener takes no connection any more
//	get /path k=v .. a monitoring page comes to have these values
//
// Values are JSON, `-` (absent), `*` (present), or /regexp/ on the value's
// text; keys of nested objects and arrays are joined with dots. Text knows the
// escapes \r \n \t \s (blank) \\ \xHH \*N{...} (N times) and \?{N} (N
// bytes that do not compress, always the same). A greeting that no step asks
// for is read and dropped.
//
// A step may hold for one program only, where dunlin differs on purpose; the
// name of the reason is a row of server/docs/compat.md:
//
//	[reference some-reason] a< one thing
//	[dunlin some-reason] a< another
//
// An exchange is a group of steps that do something followed by steps that
// look at the answer.
package script
