// Command dunlin is the NATS-compatible messaging server.
//
// It takes the flags and the configuration language of nats-server; see
// dunlin --help.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/dunlin-mq/dunlin/server"
	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/server/internal/process"
)

const program = "dunlin"

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is the whole program; it returns the exit status.
func run(args []string, stdout, stderr io.Writer) int {
	line, err := config.ParseArgs(args)
	var usage *config.UsageError
	if errors.As(err, &usage) {
		fmt.Fprintln(stderr, err)
		fmt.Fprint(stdout, config.Usage(program))
		return 0
	}
	if err != nil {
		return complain(stderr, err)
	}
	switch line.Action {
	case config.ActionVersion:
		fmt.Fprintf(stdout, "%s: %s (compatible with nats-server v%s)\n", program, server.Version(), server.ReferenceVersion)
	case config.ActionHelp:
		fmt.Fprint(stdout, config.Usage(program))
	case config.ActionHelpTLS:
		fmt.Fprint(stdout, config.UsageTLS())
	case config.ActionSignal:
		if err := process.Send(line.Signal, line.SignalTarget, program); err != nil {
			return complain(stderr, err)
		}
	case config.ActionCheck:
		digest, err := config.Check(line.Config)
		if err != nil {
			return complain(stderr, err)
		}
		fmt.Fprintf(stderr, "%s: configuration file %s is valid (%s)\n", program, line.Config, digest)
	default:
		return serve(line, stderr)
	}
	return 0
}

// complain prints an error the way every failure to start is reported.
func complain(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "%s: %v\n", program, err)
	return 1
}
