package header_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol/header"
)

func addBlocks(f *testing.F) {
	for _, row := range lookups {
		f.Add([]byte(row.block), "K", "v")
	}
	for _, row := range edits {
		f.Add([]byte(row.block), "K", "a\r\nb")
	}
	for _, row := range blocks {
		f.Add([]byte(row.block), "A", "")
	}
}

// FuzzEdit checks the laws of reading and writing on whatever block.
func FuzzEdit(f *testing.F) {
	addBlocks(f)
	f.Fuzz(func(t *testing.T, block []byte, key, value string) {
		if key == "" || strings.ContainsAny(key, ":\r\n") {
			return // not a name
		}
		original := bytes.Clone(block)
		clean := strings.TrimLeft(strings.NewReplacer("\r", " ", "\n", " ").Replace(value), " \t")

		set := header.Set(nil, block, key, value)
		checkWritten(t, "Set", set)
		if got, ok := header.Get(set, key); !ok || string(got) != clean {
			t.Errorf("Get after Set = %q, %t, want %q", got, ok, clean)
		}
		if diff := cmp.Diff(append(others(block, key), field{key, clean}), all(complete(set))); diff != "" {
			t.Errorf("headers after Set (-want +got):\n%s", diff)
		}
		if again := header.Set(nil, set, key, value); !bytes.Equal(again, set) {
			t.Errorf("Set twice gives %q and %q", set, again)
		}

		appended := header.Append(nil, block, key, value)
		checkWritten(t, "Append", appended)
		if diff := cmp.Diff(append(all(complete(block)), field{key, clean}), all(appended)); diff != "" {
			t.Errorf("headers after Append (-want +got):\n%s", diff)
		}

		deleted := header.Delete(nil, block, key)
		if got, ok := header.Get(deleted, key); ok {
			t.Errorf("Get after Delete = %q", got)
		}
		var want []field
		for _, h := range all(block) {
			if h.Name != key {
				want = append(want, h)
			}
		}
		if diff := cmp.Diff(want, all(deleted)); diff != "" {
			t.Errorf("headers after Delete (-want +got):\n%s", diff)
		}
		if _, ok := header.Get(block, key); !ok && !bytes.Equal(deleted, block) {
			t.Errorf("Delete of nothing made %q of %q", deleted, block)
		}
		if !bytes.Equal(block, original) {
			t.Errorf("block was changed from %q to %q", original, block)
		}
		if inPlace := deleteInPlace(bytes.Clone(block), key); !bytes.Equal(inPlace, deleted) {
			t.Errorf("Delete in place gives %q, elsewhere %q", inPlace, deleted)
		}
	})
}

// complete ends the last line of a block, so that it counts.
func complete(block []byte) []byte { return append(bytes.Clone(block), '\n') }

// others returns the headers of a block that are not called key.
func others(block []byte, key string) []field {
	return slices.DeleteFunc(all(complete(block)), func(h field) bool { return h.Name == key })
}

// checkWritten tests that a block was written as a block has to be.
func checkWritten(t *testing.T, function string, block []byte) {
	t.Helper()
	if !bytes.HasPrefix(block, []byte("NATS/1.0")) || !bytes.HasSuffix(block, []byte("\r\n\r\n")) {
		t.Errorf("%s wrote %q", function, block)
	}
}

// FuzzRead compares reading with the simplest way to do it.
func FuzzRead(f *testing.F) {
	addBlocks(f)
	f.Fuzz(func(t *testing.T, block []byte, key, _ string) {
		want, found := naiveGet(string(block), key)
		if got, ok := header.Get(block, key); ok != found || string(got) != want {
			t.Errorf("Get(%q, %q) = %q, %t, want %q, %t", block, key, got, ok, want, found)
		}
		if _, ok := header.GetFold(block, asciiLower(key)); found && !ok {
			t.Errorf("GetFold(%q, %q) does not find what Get does", block, key)
		}
		_, _, ok := header.ParseStatus(block)
		if err := header.Validate(block); err == nil && ok {
			if again := header.Set(nil, block, "A", "b"); header.Validate(again) != nil {
				t.Errorf("Set made a bad block of %q: %q", block, again)
			}
		}
	})
}

// asciiLower leaves bytes that are no letters alone, which strings.ToLower does
// not if they are no UTF-8.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func naiveGet(block, key string) (string, bool) {
	lines := strings.Split(block, "\n")
	version, ok := strings.CutPrefix(lines[0], "NATS/1.0")
	if !ok || version != "" && !strings.ContainsAny(version[:1], " \t\r") {
		return "", false
	}
	for _, line := range lines[1:max(1, len(lines)-1)] {
		line = strings.TrimSuffix(line, "\r")
		if line == "" {
			break
		}
		if value, ok := strings.CutPrefix(line, key+":"); ok {
			return strings.TrimLeft(value, " \t"), true
		}
	}
	return "", false
}
