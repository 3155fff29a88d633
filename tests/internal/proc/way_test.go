package proc

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWaysOpenTheirListener(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		way  Way
		port string
		want Options
	}{
		{want: Options{Config: "x: 1"}},
		{port: "7", want: Options{Port: "7", Config: "x: 1", Args: []string{"-p", "7"}}},
		{
			way:  Way{WebSocket: true},
			want: Options{Config: "x: 1\nwebsocket { host: \"127.0.0.1\", port: -1, compression: false, no_tls: true }\n"},
		},
		{
			way: Way{WebSocket: true, Compressed: true}, port: "7",
			want: Options{Port: "7", Config: "x: 1\nwebsocket { host: \"127.0.0.1\", port: 7, compression: true, no_tls: true }\n"},
		},
	} {
		got := test.way.open(Options{Config: "x: 1", Port: test.port})
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.way, diff)
		}
	}
}

func TestWayOverTLSBringsItsCertificate(t *testing.T) {
	t.Parallel()
	given := map[string]string{"mine": "1"}
	got := Way{WebSocket: true, TLS: true}.open(Options{Files: given})
	if got.Files["mine"] != "1" || got.Files["server.pem"] == "" || !strings.Contains(got.Config, "cert_file") {
		t.Errorf("files %v, configuration %q", got.Files, got.Config)
	}
	if len(given) != 1 {
		t.Error("the caller's files have changed")
	}
}
