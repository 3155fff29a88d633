package server

import (
	"maps"
	"slices"
	"strings"
)

// knownFeatures are the named switches of nats-server 2.15 with their
// defaults. Clients and tools read them in what the server says of itself;
// none of them changes anything here before JetStream exists.
var knownFeatures = map[string]bool{
	"js_ack_fc_v2":         false,
	"js_api_reply_v2":      false,
	"js_raft_delete_range": true,
	"js_snapshot_sources":  false,
}

// features returns all known switches as configured.
func features(configured map[string]bool) map[string]bool {
	all := maps.Clone(knownFeatures)
	for name, on := range configured {
		if _, known := all[name]; known {
			all[name] = on
		}
	}
	return all
}

// logFeatures tells which switches were set, and which nobody knows.
func (s *Server) logFeatures(configured map[string]bool) {
	if len(configured) == 0 {
		return
	}
	var set, unknown []string
	for _, name := range slices.Sorted(maps.Keys(configured)) {
		if usual, known := knownFeatures[name]; known {
			set = append(set, name+" ("+choice(configured[name], usual)+")")
		} else {
			unknown = append(unknown, name)
		}
	}
	s.env.Log.Infof("  Feature flags:")
	if len(set) > 0 {
		s.env.Log.Infof("    Configured:    %s", strings.Join(set, ", "))
	}
	if len(unknown) > 0 {
		s.env.Log.Infof("    Unsupported:   %s", strings.Join(unknown, ", "))
	}
}

// choice names how a switch was set, beside what it usually is.
func choice(on, usual bool) string {
	switch {
	case on && usual:
		return "enabled"
	case on:
		return "opt-in"
	case usual:
		return "opt-out"
	}
	return "disabled"
}
