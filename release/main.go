package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

const usage = `usage: go run ./release COMMAND [FLAGS]

  verify          prove that every tagged module stands alone
  tidy            go mod tidy, for every module
  sync [-check]   go.work's replace block from the go.mod files
  plan [-w]       propose the next versions; -w writes them to the versions file
  prepare         carry the versions file into go.mod, go.sum and go.work
  tag [-n]        check, and set the tags; -n stops before setting them
`

func main() {
	if err := run(".", os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// run is one command on the repository at root.
func run(root string, args []string, out io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("no command\n%s", usage)
	}
	name, args := args[0], args[1:]
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(out)
	var command func(w *workspace) error
	switch name {
	case "verify":
		command = func(w *workspace) error { return verify(w, out) }
	case "tidy":
		command = func(w *workspace) error { return tidy(w, out) }
	case "sync":
		check := flags.Bool("check", false, "change nothing, fail if there is something to change")
		command = func(w *workspace) error { return syncWork(w, out, *check) }
	case "plan":
		write := flags.Bool("w", false, "write the proposal to "+versionsFile)
		command = func(w *workspace) error { return plan(w, out, *write) }
	case "prepare":
		command = func(w *workspace) error { return prepare(w, out) }
	case "tag":
		dry := flags.Bool("n", false, "check everything, set nothing")
		command = func(w *workspace) error { return tag(w, out, *dry) }
	default:
		return fmt.Errorf("no command %q\n%s", name, usage)
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%s takes no arguments, got %q", name, flags.Args())
	}
	w, err := openWorkspace(root)
	if err != nil {
		return err
	}
	return command(w)
}
