package deflate

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAppendOffer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		params Params
		want   string
	}{
		{Params{}, "permessage-deflate"},
		{NoTakeover, noTakeoverLine},
		{Params{ClientMaxWindowBits: 15}, "permessage-deflate; client_max_window_bits"},
		{Params{ClientMaxWindowBits: 9, ServerMaxWindowBits: 15}, "permessage-deflate; server_max_window_bits=15; client_max_window_bits=9"},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, string(tt.params.AppendOffer(nil))); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", tt.params, diff)
		}
	}
}

func TestCheckResponse(t *testing.T) {
	t.Parallel()
	bits := Params{ServerMaxWindowBits: 10, ClientMaxWindowBits: 12}
	tests := []struct {
		name   string
		offer  Params
		values []string
		want   Params
		ok     bool
		reason string
	}{
		{"declined", NoTakeover, nil, Params{}, false, ""},
		{"declined with an empty line", NoTakeover, []string{" , "}, Params{}, false, ""},
		{"as offered", NoTakeover, []string{noTakeoverLine}, NoTakeover, true, ""},
		{"unasked flags", Params{}, []string{noTakeoverLine}, NoTakeover, true, ""},
		{"unasked server window", Params{}, []string{"permessage-deflate; server_max_window_bits=9"}, Params{ServerMaxWindowBits: 9}, true, ""},
		{"windows as offered", bits, []string{"permessage-deflate; server_max_window_bits=10; client_max_window_bits=12"}, bits, true, ""},
		{"smaller windows", bits, []string{`permessage-deflate; server_max_window_bits="8"; client_max_window_bits=9`},
			Params{ServerMaxWindowBits: 8, ClientMaxWindowBits: 9}, true, ""},
		{"client window may be left alone", bits, []string{"permessage-deflate; server_max_window_bits=10"}, Params{ServerMaxWindowBits: 10}, true, ""},

		{"server flag missing", NoTakeover, []string{"permessage-deflate; client_no_context_takeover"}, Params{}, false, "server_no_context_takeover missing"},
		{"client flag missing", NoTakeover, []string{"permessage-deflate; server_no_context_takeover"}, Params{}, false, "client_no_context_takeover missing"},
		{"server window missing", bits, []string{"permessage-deflate"}, Params{}, false, "server_max_window_bits missing"},
		{"server window larger", bits, []string{"permessage-deflate; server_max_window_bits=11"}, Params{}, false, "server_max_window_bits larger than offered"},
		{"client window larger", bits, []string{"permessage-deflate; server_max_window_bits=10; client_max_window_bits=13"}, Params{}, false,
			"client_max_window_bits larger than offered"},
		{"client window unasked", Params{}, []string{"permessage-deflate; client_max_window_bits=15"}, Params{}, false, "client_max_window_bits was not offered"},
		{"client window without a value", bits, []string{"permessage-deflate; client_max_window_bits"}, Params{}, false, "invalid window bits"},
		{"flag with a value", Params{}, []string{"permessage-deflate; server_no_context_takeover=1"}, Params{}, false, "unexpected value"},
		{"unknown parameter", Params{}, []string{"permessage-deflate; x"}, Params{}, false, "unknown parameter"},
		{"duplicate parameter", Params{}, []string{noTakeoverLine + "; client_no_context_takeover"}, Params{}, false, "duplicate parameter"},
		{"twice", Params{}, []string{"permessage-deflate, permessage-deflate"}, Params{}, false, "extension accepted twice"},
		{"twice on two lines", Params{}, []string{"permessage-deflate", "permessage-deflate"}, Params{}, false, "extension accepted twice"},
		{"another extension", Params{}, []string{"foo"}, Params{}, false, "extension was not offered"},
		{"another extension too", Params{}, []string{"permessage-deflate, foo"}, Params{}, false, "extension was not offered"},
		{"malformed", Params{}, []string{"permessage-deflate;"}, Params{}, false, "malformed header"},
		{"malformed element", Params{}, []string{"permessage-deflate, ="}, Params{}, false, "malformed header"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, ok, err := CheckResponse(tt.offer, tt.values)
			if diff := cmp.Diff(tt.want, got); diff != "" || ok != tt.ok {
				t.Errorf("ok = %v, want %v; parameters (-want +got):\n%s", ok, tt.ok, diff)
			}
			var reason string
			if e := (*NegotiationError)(nil); errors.As(err, &e) {
				reason = e.Reason
			}
			if reason != tt.reason {
				t.Errorf("error %v, want reason %q", err, tt.reason)
			}
		})
	}
}

func TestNegotiationErrorText(t *testing.T) {
	t.Parallel()
	_, _, err := CheckResponse(NoTakeover, []string{"permessage-deflate"})
	if want := "compression negotiation error: server_no_context_takeover missing"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
}

func TestParamsBits(t *testing.T) {
	t.Parallel()
	p := Params{ServerMaxWindowBits: 9}
	if s, c := p.ServerBits(), p.ClientBits(); s != 9 || c != 15 {
		t.Errorf("bits %d and %d, want 9 and 15", s, c)
	}
	for _, bad := range []Params{{ServerMaxWindowBits: 7}, {ServerMaxWindowBits: -1}, {ClientMaxWindowBits: 16}} {
		if bad.Validate() == nil {
			t.Errorf("%+v is valid", bad)
		}
	}
	for _, good := range []Params{{}, NoTakeover, {ServerMaxWindowBits: 8, ClientMaxWindowBits: 15}} {
		if err := good.Validate(); err != nil {
			t.Errorf("%+v: %v", good, err)
		}
	}
}

// A response is garbage or fits the offer; either way it ends.
func FuzzCheckResponse(f *testing.F) {
	for _, o := range offers {
		f.Add(o.line, o.want)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, offer := range []Params{{}, NoTakeover, {ServerMaxWindowBits: 10, ClientMaxWindowBits: 15}} {
			got, ok, err := CheckResponse(offer, []string{a, b})
			if ok == (err != nil) && ok {
				t.Fatalf("agreed and failed: %v", err)
			}
			if !ok {
				continue
			}
			if reason := offer.misfit(got); reason != "" || got.Validate() != nil {
				t.Fatalf("%+v agreed for %+v", got, offer)
			}
			again, ok, err := CheckResponse(offer, []string{string(got.AppendResponse(nil))})
			if !ok || err != nil || again != got {
				t.Fatalf("%+v does not survive: %+v, %v, %v", got, again, ok, err)
			}
		}
	})
}
