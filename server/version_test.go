package server

import (
	"runtime/debug"
	"testing"
)

func TestModuleVersion(t *testing.T) {
	t.Parallel()
	const path = "example.org/server"
	for _, tt := range []struct {
		name string
		info debug.BuildInfo
		want string
	}{
		{"built by itself", debug.BuildInfo{Main: debug.Module{Path: path, Version: "v1.2.3"}}, "v1.2.3"},
		{"embedded", debug.BuildInfo{
			Main: debug.Module{Path: "example.org/program", Version: "v9.9.9"},
			Deps: []*debug.Module{{Path: "example.org/other", Version: "v8.8.8"}, {Path: path, Version: "v1.2.3"}},
		}, "v1.2.3"},
		{"unknown", debug.BuildInfo{Main: debug.Module{Path: "example.org/program", Version: "v9.9.9"}}, ""},
	} {
		if got := moduleVersion(&tt.info, path); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	if Version() == "" {
		t.Error("this build has no version")
	}
}
