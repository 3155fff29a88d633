package process

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// TestFeaturesToComeAreErrors makes sure that an option of a feature that
// dunlin does not have yet is refused, never ignored: a server without the
// authorization its file asks for would be open to everybody.
func TestFeaturesToComeAreErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, file, args string }{
		{name: "cluster", file: "cluster { name: C, port: -1 }"},
		{name: "gateway", file: "gateway { name: A, port: -1 }"},
		{name: "leafnodes", file: "leafnodes { port: -1 }"},
		{name: "mqtt", file: "mqtt { port: -1 }"},
		{name: "--routes", args: "--routes nats://127.0.0.1:1"},
		{name: "--cluster", args: "--cluster nats://127.0.0.1:-1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := proc.Launch(t, proc.Dunlin, proc.Options{Config: test.file, Args: strings.Fields(test.args)})
			if code := s.Wait(t); code != 1 {
				t.Errorf("exit code %d, want 1", code)
			}
			s.WaitLog(t, `option "`+test.name+`" belongs to a feature that this version of dunlin does not have yet`)
		})
	}
}

// TestJSONLog checks the form that only dunlin has: one object a line.
func TestJSONLog(t *testing.T) {
	t.Parallel()
	s := proc.Start(t, proc.Dunlin, proc.Options{Args: []string{"--log_format", "json", "-D"}})
	s.WaitLog(t, "Server is ready")
	for line := range strings.Lines(s.Log()) {
		if !strings.HasSuffix(line, "\n") {
			continue // still being written
		}
		var record struct {
			Time, Level, Msg string
			PID              int
		}
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		if record.Time == "" || record.Level == "" || record.Msg == "" || record.PID != s.Pid() {
			t.Errorf("line %q lacks something", line)
		}
	}
}
