package config

import (
	"fmt"
	"strings"
	"time"

	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// jetStreamBinding binds jetstream, which is a word, a boolean, or a block.
type jetStreamBinding struct{}

func (jetStreamBinding) decode(c *cursor, target any, v *syntax.Value) {
	js := &target.(*Options).JetStream
	if v.Kind == syntax.KindMap {
		js.Enabled = true
		c.decodeMap(jetStreamBlock, v.Map, js)
		return
	}
	on, ok := switchedOn(v)
	if !ok {
		c.errorf("jetstream: Expected 'enabled' or 'disabled' for string value, got '%s'", wordOf(v))
		return
	}
	js.Enabled = on
}

// switchedOn reads true, false, or the words for them.
func switchedOn(v *syntax.Value) (on, ok bool) {
	switch v.Kind {
	case syntax.KindBool:
		return v.Bool, true
	case syntax.KindString:
		switch strings.ToLower(v.Str) {
		case "enabled", "enable":
			return true, true
		case "disabled", "disable":
			return false, true
		}
	}
	return false, false
}

func wordOf(v *syntax.Value) string {
	if v.Kind == syntax.KindString {
		return v.Str
	}
	return goType(v)
}

func (jetStreamBinding) text(target any) string {
	js := &target.(*Options).JetStream
	if !js.Enabled {
		return "disabled"
	}
	return fmt.Sprintf("%+v", *js)
}

func (jetStreamBinding) check(_ *Option, target any) string {
	js := &target.(*Options).JetStream
	if strings.ContainsAny(js.Domain, " .*>\t\r\n") {
		return "invalid domain name: may not contain ., * or >"
	}
	return ""
}

// bindJS binds a row of the jetstream block.
func bindJS[V any](k *kind[V], ptr func(*JetStream) *V) binding { return field[JetStream, V]{k, ptr} }

// bindJSLimit binds a row of the limits in it.
func bindJSLimit[V any](k *kind[V], ptr func(*JetStreamLimits) *V) binding {
	return field[JetStreamLimits, V]{k, ptr}
}

// syncKind reads a duration or "always".
var syncKind = &kind[time.Duration]{
	parse: func(c *cursor, v *syntax.Value) (time.Duration, bool) {
		if v.Kind == syntax.KindString && strings.EqualFold(v.Str, "always") {
			return 0, true
		}
		return durationKind.parse(c, v)
	},
	format: func(d time.Duration) string {
		if d == 0 {
			return "always"
		}
		return d.String()
	},
}

// accountJetStreamBinding binds the jetstream option of an account.
type accountJetStreamBinding struct{}

func (accountJetStreamBinding) decode(c *cursor, target any, v *syntax.Value) {
	a := target.(*Account)
	a.JetStream = noJetStreamLimits
	if v.Kind == syntax.KindMap {
		c.decodeMap(accountJetStreamBlock, v.Map, &a.JetStream)
		return
	}
	on, ok := switchedOn(v)
	if !ok {
		c.errorf("jetstream: Expected 'enabled' or 'disabled' for string value, got '%s'", wordOf(v))
		return
	}
	if a.JetStream.Enabled = on; !on {
		a.JetStream = AccountJetStream{}
	}
}

func (accountJetStreamBinding) text(target any) string {
	return fmt.Sprintf("%+v", target.(*Account).JetStream)
}

func (accountJetStreamBinding) check(*Option, any) string { return "" }

// bindAJS binds a row of that block.
func bindAJS[V any](k *kind[V], ptr func(*AccountJetStream) *V) binding {
	return field[AccountJetStream, V]{k, ptr}
}
