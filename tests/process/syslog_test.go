package process

import (
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// TestRemoteSyslog receives what the server logs. The severity of an INF line
// is notice, 5, and there is no facility in what goes to a remote server.
func TestRemoteSyslog(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		receiver, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer receiver.Close()
		proc.Start(t, target, proc.Options{Args: []string{"-D", "-r", "udp://" + receiver.LocalAddr().String()}})
		ready := regexp.MustCompile(`^<5>.* ` + target.Name(t) + `\[\d+\]: Server is ready$`)
		receiver.SetReadDeadline(time.Now().Add(proc.Patience))
		packet := make([]byte, 64<<10)
		var all []string
		for {
			n, _, err := receiver.ReadFrom(packet)
			if err != nil {
				t.Fatalf("%v after %q", err, all)
			}
			line := strings.TrimSpace(string(packet[:n]))
			if ready.MatchString(line) {
				return
			}
			all = append(all, line)
		}
	})
}
