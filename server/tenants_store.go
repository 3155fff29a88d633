package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/dunlin-mq/dunlin/auth/jwtauth"
	"github.com/dunlin-mq/dunlin/auth/resolver"
	"github.com/dunlin-mq/dunlin/server/config"
)

// newStore opens what the resolver of a configuration keeps JWTs in.
func (t *tenants) newStore(o *Options) (resolver.Store, resolver.Kind, error) {
	r := &o.Operators.Resolver
	switch r.Type {
	case config.URLResolver:
		t.fetch = newFetch(r)
		return nil, resolver.Fixed, nil
	case config.FullResolver, config.CacheResolver:
	default:
		return new(resolver.Memory), resolver.Fixed, nil
	}
	files, err := resolver.OpenFiles(r.Dir)
	if err != nil {
		return nil, 0, fmt.Errorf("dir needs to point to an accessible directory: %w", err)
	}
	cache := r.Type == config.CacheResolver
	dir, err := resolver.NewDir(files, resolver.DirConfig{
		Limit: r.Limit, Evict: cache, TTL: r.TTL, HardDelete: r.HardDelete, Now: time.Now,
		Damaged: func(file string, err error) {
			t.s.env.Log.Errorf("Account JWT %s in %s is damaged and not used: %v", file, r.Dir, err)
		},
	})
	kind, amount := resolver.Full, "all"
	if cache {
		kind, amount = resolver.Cache, "some"
	}
	t.s.env.Log.Infof("Managing %s jwt in exclusive directory %s", amount, r.Dir)
	return dir, kind, err
}

// maxToken is how long a JWT may be, in bytes.
const maxToken = 1 << 20

// newFetch returns what gets JWTs from a web server.
func newFetch(r *config.Resolver) func(string) (string, error) {
	transport := &http.Transport{DisableKeepAlives: true}
	if r.TLS != nil && r.TLS.Config != nil {
		c := r.TLS.Config.Clone()
		c.RootCAs = c.ClientCAs
		transport.TLSClientConfig = c
	}
	client := &http.Client{Timeout: r.Timeout, Transport: transport}
	return func(key string) (string, error) {
		url := r.URL + key
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
		if err != nil {
			return "", err
		}
		resp, err := client.Do(req)
		if err != nil {
			return "", fmt.Errorf("could not fetch <%q>: %w", url, err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return "", fmt.Errorf("could not fetch <%q>: %s", url, resp.Status)
		}
		body, err := io.ReadAll(io.LimitReader(resp.Body, maxToken+1))
		if err == nil && len(body) > maxToken {
			err = errors.New("token too large")
		}
		if err != nil {
			return "", fmt.Errorf("could not fetch <%q>: %w", url, err)
		}
		return string(body), nil
	}
}

// open finds out whether accounts can be had at all, and loads the system account.
// While that is not to be had another one stands for it, see
// [tenants.retrySystem].
func (t *tenants) open() error {
	if t.clerk.Store == nil {
		if _, err := t.fetch(""); err != nil {
			return err
		}
	}
	if t.system == "" {
		t.s.env.Log.Warnf("Trusted Operators should utilize a System Account")
		return nil
	}
	err := t.load(t.system)
	if err != nil && t.clerk.Kind == resolver.Fixed && t.clerk.Store != nil {
		return fmt.Errorf("Can't set system account: %w", err)
	}
	if err != nil {
		t.s.env.Log.Infof("Using bootstrapping system account")
	}
	return nil
}

// retrySystem loads the system account, if it was not to be had before. It reports
// whether that is so no longer.
func (t *tenants) retrySystem() bool {
	if t.system == "" || t.isLoaded(t.system) {
		return true
	}
	if t.load(t.system) != nil {
		return false
	}
	t.s.env.Log.Infof("System account fetched and updated")
	return true
}

// logOperators says whom the server trusts.
func (t *tenants) logOperators() {
	log := t.s.env.Log
	if len(t.operators.List()) == 0 {
		return
	}
	log.Infof("Trusted Operators")
	for _, op := range t.operators.List() {
		log.Infof("  System  : %q", op.SystemAccount)
		log.Infof("  Operator: %q", op.Name)
		log.Infof("  Issued  : %v", op.Issued)
		expires := "Never"
		if !op.Expires.IsZero() {
			expires = op.Expires.String()
		}
		log.Infof("  Expires : %s", expires)
	}
}

// account returns the claims of an account in use, or nil.
func (t *tenants) claims(key string) *jwtauth.Account {
	t.mu.Lock()
	defer t.mu.Unlock()
	if tn := t.loaded[key]; tn != nil {
		return tn.claims
	}
	return nil
}
