package server

import "runtime/debug"

// ReferenceVersion is the version of nats-server whose behaviour this server
// follows. Clients switch features on it, so INFO and varz report it as
// "version".
const ReferenceVersion = "2.15.2"

// APILevel is the JetStream API level of the reference version, which INFO
// reports even without JetStream.
const APILevel = 5

// Version returns the version of dunlin itself: that of the module it was
// built from, or "devel" and the revision for a build from a checkout.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	const module = "github.com/dunlin-mq/dunlin/server"
	if v := moduleVersion(info, module); v != "" && v != "(devel)" {
		return v
	}
	rev, dirty := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) >= 7:
			rev = "-" + s.Value[:7]
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "+dirty"
		}
	}
	return "devel" + rev + dirty
}

func moduleVersion(info *debug.BuildInfo, path string) string {
	if info.Main.Path == path {
		return info.Main.Version
	}
	for _, d := range info.Deps {
		if d.Path == path {
			return d.Version
		}
	}
	return ""
}
