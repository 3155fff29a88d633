package deflate

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// noTakeoverLine is what a server with the zero policy answers, byte for byte.
const noTakeoverLine = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

// offers are header lines and what the zero policy answers; "" declines. They
// are the seeds of the fuzz targets as well.
var offers = []struct {
	name, line, want string
}{
	{"plain", "permessage-deflate", noTakeoverLine},
	{"of Chrome", "permessage-deflate; client_max_window_bits", noTakeoverLine},
	{"of Firefox", "permessage-deflate", noTakeoverLine},
	{"of Safari", "permessage-deflate", noTakeoverLine},
	{"both flags", "permessage-deflate; server_no_context_takeover; client_no_context_takeover", noTakeoverLine},
	{"any order, no spaces", "permessage-deflate;client_no_context_takeover;server_no_context_takeover", noTakeoverLine},
	{"tabs and spaces", " permessage-deflate \t;\tclient_max_window_bits = 9 ", noTakeoverLine},
	{"any case", "PerMessage-Deflate; Client_Max_Window_Bits", noTakeoverLine},
	{"client bits with a value", "permessage-deflate; client_max_window_bits=8", noTakeoverLine},
	{"quoted value", `permessage-deflate; client_max_window_bits="10"`, noTakeoverLine},
	{"quoted value with escapes", `permessage-deflate; client_max_window_bits="\1\0"`, noTakeoverLine},
	{"full server window is echoed", "permessage-deflate; server_max_window_bits=15", noTakeoverLine + "; server_max_window_bits=15"},
	{"behind other extensions", `foo, bar; a; b="c,d"x, permessage-deflate`, ""},
	{"behind other extensions, quoted comma is no token", `foo; b="c,d", permessage-deflate`, ""},
	{"behind other extensions, well formed", `foo, bar; a; b="cd"; permessage-foo=1, permessage-deflate`, noTakeoverLine},
	{"empty elements", " , ,permessage-deflate", noTakeoverLine},
	{"second of two", "permessage-deflate; server_max_window_bits=10, permessage-deflate", noTakeoverLine},
	{"garbage after an acceptable one is not read", "permessage-deflate, =", noTakeoverLine},

	{"nothing", "", ""},
	{"another extension", "x-webkit-deflate-frame", ""},
	{"name as a parameter", "foo; permessage-deflate", ""},
	{"longer name", "permessage-deflate2", ""},
	{"small server window", "permessage-deflate; server_max_window_bits=14", ""},
	{"unknown parameter", "permessage-deflate; foo", ""},
	{"unknown parameter first", "permessage-deflate; foo=1; client_max_window_bits", ""},
	{"flag with a value", "permessage-deflate; server_no_context_takeover=true", ""},
	{"other flag with a value", "permessage-deflate; client_no_context_takeover=1", ""},
	{"duplicate flag", "permessage-deflate; server_no_context_takeover; server_no_context_takeover", ""},
	{"duplicate bits", "permessage-deflate; client_max_window_bits; client_max_window_bits=10", ""},
	{"server bits without a value", "permessage-deflate; server_max_window_bits", ""},
	{"bits too small", "permessage-deflate; client_max_window_bits=7", ""},
	{"bits too large", "permessage-deflate; client_max_window_bits=16", ""},
	{"leading zero", "permessage-deflate; client_max_window_bits=08", ""},
	{"sign", "permessage-deflate; client_max_window_bits=+9", ""},
	{"no number", "permessage-deflate; client_max_window_bits=x", ""},
	{"huge number", "permessage-deflate; client_max_window_bits=100000000000000000000", ""},
	{"empty value", "permessage-deflate; client_max_window_bits=", ""},
	{"empty quoted value", `permessage-deflate; client_max_window_bits=""`, ""},
	{"open quote", `permessage-deflate; client_max_window_bits="10`, ""},
	{"quote after a backslash", `permessage-deflate; client_max_window_bits="10\`, ""},
	{"space inside quotes", `permessage-deflate; client_max_window_bits="1 0"`, ""},
	{"empty parameter", "permessage-deflate;", ""},
	{"empty parameter in the middle", "permessage-deflate;;client_max_window_bits", ""},
	{"missing separator", "permessage-deflate client_max_window_bits", ""},
	{"control character", "permessage-deflate\x00", ""},
	{"line that breaks before the offer", `foo="bar, permessage-deflate`, ""},
}

func TestPolicyAcceptsOffers(t *testing.T) {
	t.Parallel()
	for _, tt := range offers {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if p, ok := (Policy{}).Accept([]string{tt.line}); ok {
				got = string(p.AppendResponse(nil))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("answer to %q (-want +got):\n%s", tt.line, diff)
			}
		})
	}
}

func TestPolicyDecides(t *testing.T) {
	t.Parallel()
	takeover := Policy{ServerContextTakeover: true, ClientContextTakeover: true}
	window := Policy{MinServerBits: 9}
	tests := []struct {
		name   string
		policy Policy
		lines  []string
		want   string
	}{
		{"no lines", Policy{}, nil, ""},
		{"offer on the second line", Policy{}, []string{"foo", "permessage-deflate"}, noTakeoverLine},
		{"broken line before", Policy{}, []string{"=", "permessage-deflate"}, noTakeoverLine},
		{"fallback on another line", Policy{}, []string{"permessage-deflate; x", "permessage-deflate"}, noTakeoverLine},

		{"takeover", takeover, []string{"permessage-deflate"}, "permessage-deflate"},
		{"takeover both refused", takeover, []string{noTakeoverLine}, noTakeoverLine},
		{"takeover server refused", takeover, []string{"permessage-deflate; server_no_context_takeover"},
			"permessage-deflate; server_no_context_takeover"},
		{"takeover client refused", takeover, []string{"permessage-deflate; client_no_context_takeover"},
			"permessage-deflate; client_no_context_takeover"},
		{"takeover one way", Policy{ServerContextTakeover: true}, []string{"permessage-deflate"},
			"permessage-deflate; client_no_context_takeover"},

		{"small window", window, []string{"permessage-deflate; server_max_window_bits=9"}, noTakeoverLine + "; server_max_window_bits=9"},
		{"smaller than possible", window, []string{"permessage-deflate; server_max_window_bits=8"}, ""},
		{"first possible of a list", window,
			[]string{"permessage-deflate; server_max_window_bits=8, permessage-deflate; server_max_window_bits=10"},
			noTakeoverLine + "; server_max_window_bits=10"},
		{"no window asked for", window, []string{"permessage-deflate"}, noTakeoverLine},
		{"own window", Policy{MinServerBits: 8, MaxServerBits: 12}, []string{"permessage-deflate"}, noTakeoverLine + "; server_max_window_bits=12"},
		{"own window is smaller", Policy{MinServerBits: 8, MaxServerBits: 12}, []string{"permessage-deflate; server_max_window_bits=13"},
			noTakeoverLine + "; server_max_window_bits=12"},
		{"own window is larger", Policy{MinServerBits: 8, MaxServerBits: 12}, []string{"permessage-deflate; server_max_window_bits=11"},
			noTakeoverLine + "; server_max_window_bits=11"},

		{"client window", Policy{MaxClientBits: 10}, []string{"permessage-deflate; client_max_window_bits"},
			noTakeoverLine + "; client_max_window_bits=10"},
		{"client window, client has less", Policy{MaxClientBits: 10}, []string{"permessage-deflate; client_max_window_bits=9"},
			noTakeoverLine + "; client_max_window_bits=9"},
		{"client window, not offered", Policy{MaxClientBits: 10}, []string{"permessage-deflate"}, noTakeoverLine},
		{"everything", Policy{MinServerBits: 8, MaxClientBits: 10},
			[]string{"permessage-deflate; client_max_window_bits; server_max_window_bits=8"},
			noTakeoverLine + "; server_max_window_bits=8; client_max_window_bits=10"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if p, ok := tt.policy.Accept(tt.lines); ok {
				got = string(p.AppendResponse(nil))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("answer to %q (-want +got):\n%s", tt.lines, diff)
			}
		})
	}
}

func TestAcceptDoesNotAllocate(t *testing.T) {
	lines := []string{"foo; a=b, permessage-deflate; x", "permessage-deflate; client_max_window_bits"}
	var ok bool
	n := testing.AllocsPerRun(100, func() { _, ok = Policy{}.Accept(lines) })
	if n != 0 || !ok {
		t.Errorf("Accept = %v with %v allocations, want true with none", ok, n)
	}
}

// Any policy's answer to any offer passes the check of the client that made it,
// and what is declined for its parameters is never answered.
func FuzzNegotiation(f *testing.F) {
	for _, o := range offers {
		f.Add(o.line, false, false, uint8(8), uint8(0), uint8(12))
	}
	f.Fuzz(func(t *testing.T, line string, server, client bool, minBits, maxServer, maxClient uint8) {
		policy := Policy{
			ServerContextTakeover: server, ClientContextTakeover: client,
			MinServerBits: fuzzBits(minBits), MaxServerBits: fuzzBits(maxServer), MaxClientBits: fuzzBits(maxClient),
		}
		agreed, ok := policy.Accept([]string{line})
		if !ok {
			return
		}
		if err := agreed.Validate(); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.ToLower(line), Name) {
			t.Fatalf("%q agreed to, without an offer", agreed.AppendResponse(nil))
		}
		answer := string(agreed.AppendResponse(nil))
		offer := Params{
			ServerNoContextTakeover: agreed.ServerNoContextTakeover && !server,
			ClientNoContextTakeover: agreed.ClientNoContextTakeover && !client,
			ClientMaxWindowBits:     MaxWindowBits,
		}
		got, ok, err := CheckResponse(offer, []string{answer})
		if err != nil || !ok {
			t.Fatalf("CheckResponse(%q) = %v, %v", answer, ok, err)
		}
		if diff := cmp.Diff(agreed, got); diff != "" {
			t.Fatalf("read back (-want +got):\n%s", diff)
		}
	})
}

// fuzzBits makes any byte legal window bits, or none.
func fuzzBits(b uint8) int {
	if b == 0 {
		return 0
	}
	return MinWindowBits + int(b)%(MaxWindowBits-MinWindowBits+1)
}
