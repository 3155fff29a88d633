package config

import (
	"strings"

	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// Feature is a part of the server that options belong to; the empty one is the
// core, which is always there.
type Feature string

// The features with options of their own.
const (
	FeatureAccounts  Feature = "accounts"
	FeatureAuth      Feature = "authorization"
	FeatureCallout   Feature = "auth callout"
	FeatureCluster   Feature = "cluster"
	FeatureGateways  Feature = "gateways"
	FeatureJetStream Feature = "jetstream"
	// FeatureJetStreamLinks is what of JetStream belongs to clusters, leafnodes and
	// encryption.
	FeatureJetStreamLinks Feature = "jetstream between servers, and encrypted"

	FeatureLeafnodes Feature = "leafnodes"
	FeatureMQTT      Feature = "mqtt"
	FeatureOCSP      Feature = "ocsp"
	FeatureOperator  Feature = "operator"
	FeatureProxies   Feature = "proxies"
	FeatureSystem    Feature = "system account"
	FeatureWebSocket Feature = "websocket"
)

// built lists the features that this version has. Adding one here makes its
// rows usable, which then need to be bound (Option.bind).
var built = map[Feature]bool{
	"":               true,
	FeatureAccounts:  true,
	FeatureAuth:      true,
	FeatureCallout:   true,
	FeatureJetStream: true,
	FeatureOperator:  true,
	FeatureProxies:   true,
	FeatureSystem:    true,
	FeatureWebSocket: true,
}

// Built reports whether this version of the server has the feature.
func (f Feature) Built() bool { return built[f] }

// notBuilt is the message about an option of a feature that is not built.
const notBuilt = "option %q belongs to a feature that this version of dunlin does not have yet"

// offFunc tells whether a value leaves a feature switched off.
type offFunc func(v *syntax.Value) bool

// isOff accepts the values by which most options say "none": false, nothing in
// quotes, and an empty map or array.
func isOff(v *syntax.Value) bool {
	switch v.Kind {
	case syntax.KindBool:
		return !v.Bool
	case syntax.KindString:
		return v.Str == ""
	case syntax.KindMap:
		return v.Map.Len() == 0
	case syntax.KindArray:
		return len(v.Array) == 0
	default:
		return false
	}
}

// offWord accepts the given words, in any case, beside what isOff does.
func offWord(words ...string) offFunc {
	return func(v *syntax.Value) bool {
		if v.Kind == syntax.KindString {
			for _, w := range words {
				if strings.EqualFold(v.Str, w) {
					return true
				}
			}
		}
		return isOff(v)
	}
}

// jetStreamOff knows that an empty jetstream block switches it on, and that
// one with enabled: false does not.
func jetStreamOff(v *syntax.Value) bool {
	switch v.Kind {
	case syntax.KindBool:
		return !v.Bool
	case syntax.KindString:
		return strings.EqualFold(v.Str, "disabled") || strings.EqualFold(v.Str, "disable")
	case syntax.KindMap:
		for _, name := range []string{"enabled", "enable"} {
			if e := v.Map.Get(name); e != nil && e.Value.Kind == syntax.KindBool && !e.Value.Bool {
				return true
			}
		}
	}
	return false
}
