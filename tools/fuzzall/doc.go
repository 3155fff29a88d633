// Command fuzzall finds every fuzz target of the workspace and runs each of them
// for a while. From the root of the repository:
//
//	go run ./tools/fuzzall -t 10s
//	go run ./tools/fuzzall -t 10m -run 'protocol.*Parse'
//
// It exists because go test -fuzz takes one target of one package. -run selects
// by regular expression over "import/path.FuzzName". Targets run side by side,
// one worker each, as many as there are processors (-j).
//
// When a target fails, Go writes the input under testdata/fuzz of its package;
// fuzzall prints where and how to run that input alone, and exits with 1. The
// file belongs in the commit that fixes the bug.
package main
