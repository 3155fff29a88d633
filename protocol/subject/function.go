package subject

import "strings"

// function is one of the functions a destination may call. parse fills the
// step from the arguments and returns the numbers of the wildcards it uses;
// its error is a reason of a DestError.
type function struct {
	name  string
	kind  stepKind
	parse func(s *step, args []string) (refs []int, err error)
}

var functions = []function{
	{"wildcard", stepToken, parseWildcard},
	{"partition", stepPartition, parsePartition},
	{"random", stepRandom, parseRandom},
	{"split", stepSplit, parseSplit},
	{"splitFromLeft", stepSplitFromLeft, parseLength},
	{"splitFromRight", stepSplitFromRight, parseLength},
	{"sliceFromLeft", stepSliceFromLeft, parseLength},
	{"sliceFromRight", stepSliceFromRight, parseLength},
	{"left", stepLeft, parseLength},
	{"right", stepRight, parseLength},
}

// findFunction returns the function called name, or nil.
func findFunction(name string) *function {
	for i := range functions {
		if functions[i].isCalled(name) {
			return &functions[i]
		}
	}
	return nil
}

// isCalled reports whether name is the function's. The first letter of each of
// its words may be in either case, the others are lower case: SplitFromleft
// is fine, SPLIT is not.
func (f *function) isCalled(name string) bool {
	if len(name) != len(f.name) {
		return false
	}
	const caseBit = 'a' - 'A'
	for i := range len(name) {
		lower := f.name[i] | caseBit
		initial := i == 0 || f.name[i] != lower
		if name[i] != lower && (!initial || name[i] != lower-caseBit) {
			return false
		}
	}
	return true
}

func parseWildcard(_ *step, args []string) ([]int, error) {
	switch {
	case len(args) == 1 && args[0] == "":
		return nil, ErrTooFewArguments
	case len(args) > 1:
		return nil, ErrTooManyArguments
	}
	return parseRefs(args)
}

func parsePartition(s *step, args []string) ([]int, error) {
	n, err := parseNumber(args[0])
	if err != nil {
		return nil, err
	}
	s.mod = uint32(n)
	return parseRefs(args[1:])
}

func parseRandom(s *step, args []string) ([]int, error) {
	if len(args) > 1 {
		return nil, ErrTooFewArguments // the reference's choice of words
	}
	n, err := parseNumber(args[0])
	s.n = max(n, -n)
	return nil, err
}

func parseSplit(s *step, args []string) ([]int, error) {
	if err := wantTwo(args); err != nil {
		return nil, err
	}
	s.text = args[1]
	if strings.ContainsAny(s.text, " .") {
		return nil, ErrInvalidArgument
	}
	return parseRefs(args[:1])
}

func parseLength(s *step, args []string) ([]int, error) {
	if err := wantTwo(args); err != nil {
		return nil, err
	}
	refs, err := parseRefs(args[:1])
	if err != nil {
		return nil, err
	}
	s.n, err = parseNumber(args[1])
	return refs, err
}

func wantTwo(args []string) error {
	switch {
	case len(args) < 2:
		return ErrTooFewArguments
	case len(args) > 2:
		return ErrTooManyArguments
	}
	return nil
}

func parseRefs(args []string) ([]int, error) {
	refs := make([]int, 0, len(args))
	for _, arg := range args {
		n, err := parseNumber(arg)
		if err != nil {
			return nil, err
		}
		refs = append(refs, n)
	}
	return refs, nil
}
