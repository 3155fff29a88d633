package config

import (
	"errors"

	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// tlsFlags collects the flags that stand in for a tls block.
type tlsFlags struct {
	on, verify     *bool // nil if not given
	cert, key, cas string
}

func setTLS(c *CommandLine, f *Flag, v *syntax.Value) error {
	switch f.Names[0] {
	case "tls":
		c.tls.on = &v.Bool
	case "tlsverify":
		c.tls.verify = &v.Bool
	case "tlscert":
		c.tls.cert = v.Str
	case "tlskey":
		c.tls.key = v.Str
	case "tlscacert":
		c.tls.cas = v.Str
	}
	return nil
}

// apply replaces the tls block by what the flags say.
func (t *tlsFlags) apply(o *Options) error {
	if t.on != nil && !*t.on {
		o.TLS = nil
		return nil
	}
	verify := t.verify != nil && *t.verify
	if t.on == nil && !verify && t.cert == "" && t.key == "" && t.cas == "" {
		return nil
	}
	switch {
	case t.cert == "":
		return errors.New("TLS Server certificate must be present and valid")
	case t.key == "":
		return errors.New("TLS Server private key must be present and valid")
	}
	loaded, err := TLS{CertFile: t.cert, KeyFile: t.key, CAFile: t.cas, Verify: verify}.Load()
	if err != nil {
		return err
	}
	o.TLS = loaded
	return nil
}
