package config

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		o    Options
		want string
	}{
		{"zero value", Options{}, ""},
		{"grace as long as the duration", Options{LameDuck: LameDuck{Duration: 30 * time.Second, GracePeriod: 30 * time.Second}},
			"lame duck grace period (30s) should be strictly lower than lame duck duration (30s)"},
		{"grace longer than the default duration", Options{LameDuck: LameDuck{GracePeriod: 500 * time.Second}},
			"lame duck grace period (8m20s) should be strictly lower than lame duck duration (2m0s)"},
		{"short lame duck in memory", Options{LameDuck: LameDuck{Duration: time.Second, GracePeriod: time.Millisecond}}, ""},
		{"payload over the default of pending", Options{Limits: Limits{MaxPayload: 65 << 20}},
			"max_payload (68157440) cannot be higher than max_pending (67108864)"},
		{"default payload over pending", Options{Limits: Limits{MaxPending: 1000}},
			"max_payload (1048576) cannot be higher than max_pending (1000)"},
		{"server name", Options{ServerName: "a b"}, "server name cannot contain spaces"},
		{"port", Options{Port: 70000}, "port value is too big: 70000, the maximum is 65535"},
		{"tokens", Options{Limits: Limits{MaxSubTokens: 300}}, "max_subscription_tokens value is too big"},
		{"negative deadline", Options{Liveness: Liveness{WriteDeadline: -1}}, "write_deadline can not be negative"},
		{"negative connections refuse all", Options{Limits: Limits{MaxConnections: -1}}, ""},
		{"mapping", Options{Mappings: []Mapping{{Source: "a.*", Dests: []MappingDest{{Subject: "b.$2", Weight: 100}}}}},
			`Error adding mapping for "a.*" : invalid mapping destination: wildcard index out of range in $2: [2]`},
		{"tls without config", Options{TLS: &TLS{}}, "TLS has no Config: use what its Load method returns"},
		{"several, in order", Options{ServerName: "a b", Limits: Limits{MaxPending: 1000}, LameDuck: LameDuck{GracePeriod: time.Hour}},
			"lame duck grace period (1h0m0s) should be strictly lower than lame duck duration (2m0s)\n" +
				"max_payload (1048576) cannot be higher than max_pending (1000)\n" +
				"server name cannot contain spaces"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, errorText(tt.o.Validate())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestCheckMonitor(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		o    Options
		want string
	}{
		{"off", Options{}, ""},
		{"http", Options{Monitor: Monitor{HTTPPort: 1}}, ""},
		{"https", Options{Monitor: Monitor{HTTPSPort: 1}, TLS: &TLS{}}, ""},
		{"https without tls", Options{Monitor: Monitor{HTTPSPort: 1}}, "TLS cert and key required for HTTPS"},
		{"both", Options{Monitor: Monitor{HTTPPort: 24922, HTTPSPort: 24923}},
			"can't specify both HTTP (24922) and HTTPs (24923) ports"},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, errorText(tt.o.CheckMonitor())); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestWithDefaultsSharesNothing(t *testing.T) {
	t.Parallel()
	o := &Options{
		ServerTags: []string{"a"}, ServerMetadata: map[string]string{"a": "b"}, FeatureFlags: map[string]bool{"a": true},
		Mappings: []Mapping{{Source: "a", Dests: []MappingDest{{Subject: "b", Weight: 100}}}}, TLS: &TLS{},
	}
	c := o.WithDefaults()
	c.ServerTags[0], c.ServerMetadata["a"], c.FeatureFlags["a"] = "x", "x", false
	c.Mappings[0].Dests[0].Subject = "x"
	want := &Options{
		ServerTags: []string{"a"}, ServerMetadata: map[string]string{"a": "b"}, FeatureFlags: map[string]bool{"a": true},
		Mappings: []Mapping{{Source: "a", Dests: []MappingDest{{Subject: "b", Weight: 100}}}}, TLS: &TLS{},
	}
	if diff := cmp.Diff(want, o); diff != "" {
		t.Error(diff)
	}
	if c.TLS.Timeout != DefaultTLSTimeout {
		t.Errorf("the handshake's timeout is %s", c.TLS.Timeout)
	}
}

func TestProblemsWithoutAPlace(t *testing.T) {
	t.Parallel()
	_, _, err := Load("/nonexistent/c.conf")
	var all *Error
	if err == nil || errors.As(err, &all) {
		t.Errorf("a file that is not there: %v", err)
	}
	if diff := cmp.Diff("open /nonexistent/c.conf: no such file or directory", errorText(err)); diff != "" {
		t.Error(diff)
	}
}
