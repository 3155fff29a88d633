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
// Steps about the server:
//
//	config FILE      start with this file (must come first)
//	args A B ...     start with these arguments (must come first)
//	reload FILE      replace the configuration, send SIGHUP, wait until done
//	refuse FILE      the same, but wait until the server has refused it
//	signal NAME      send a signal: TERM INT HUP USR1 USR2
//	exit N           the process ends with this code
//	log text         a line with this text is logged
//	get /path k=v .. a monitoring page comes to have these values
//
// Values are JSON, `-` (absent), `*` (present), or /regexp/ on the value's
// text; keys of nested objects and arrays are joined with dots. Text knows the
// escapes \r \n \t \s (blank) \\ \xHH and \*N{...} (N times). A greeting that
// no step asks for is read and dropped.
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
