package script

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// CheckFields compares a JSON document with conditions of the form key=value
// and returns the first that does not hold.
func CheckFields(document []byte, conditions []string) error {
	var root any
	if err := json.Unmarshal(document, &root); err != nil {
		return fmt.Errorf("%w in %q", err, document)
	}
	for _, condition := range conditions {
		key, want, ok := strings.Cut(condition, "=")
		if !ok {
			return fmt.Errorf("condition %q has no =", condition)
		}
		if err := checkValue(lookUp(root, key), want); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}

// absent stands for a key that is not there, which null is not.
type absent struct{}

func lookUp(value any, path string) any {
	for _, key := range strings.Split(path, ".") {
		switch at := value.(type) {
		case map[string]any:
			next, ok := at[key]
			if !ok {
				return absent{}
			}
			value = next
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(at) {
				return absent{}
			}
			value = at[i]
		default:
			return absent{}
		}
	}
	return value
}

func checkValue(got any, want string) error {
	_, missing := got.(absent)
	switch {
	case want == "-":
		if !missing {
			return fmt.Errorf("is there: %v", got)
		}
		return nil
	case missing:
		return fmt.Errorf("is absent, want %s", want)
	case want == "*":
		return nil
	case len(want) > 1 && want[0] == '/' && want[len(want)-1] == '/':
		re, err := regexp.Compile("^(?:" + want[1:len(want)-1] + ")$")
		if err != nil {
			return err
		}
		if text := fmt.Sprint(got); !re.MatchString(text) {
			return fmt.Errorf("%q does not match %s", text, want)
		}
		return nil
	}
	var value any
	if err := json.Unmarshal([]byte(want), &value); err != nil {
		return fmt.Errorf("bad value %s in the script: %w", want, err)
	}
	if !reflect.DeepEqual(got, value) {
		text, _ := json.Marshal(got)
		return fmt.Errorf("is %s, want %s", text, want)
	}
	return nil
}
