package resolver

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dunlin-mq/dunlin/auth/jwtauth"
)

// Kind is how much of all account JWTs a server keeps.
type Kind uint8

// The kinds.
const (
	Fixed Kind = iota // those of its configuration, or of a web server
	Cache             // those that it uses
	Full              // all
)

// Clerk carries out requests about account JWTs.
type Clerk struct {
	Kind      Kind
	Store     Store // nil for one that nobody can save to
	Operators *jwtauth.Operators
	// System is the account that cannot be deleted.
	System string
	// AllowDelete lets operators delete accounts.
	AllowDelete bool
	// Loaded reports whether the server uses an account. Changed is told of new
	// JWTs, empty for a deleted account.
	Loaded  func(account string) bool
	Changed func(account, token string)
}

// Status is the answer to a request that changes something.
type Status struct {
	Failed  bool
	Account string // may be empty
	Text    string
}

// Code is that of the status in documents.
func (s *Status) Code() int {
	if s.Failed {
		return 500
	}
	return 200
}

func failed(account, what string, err error) Status {
	return Status{true, account, what + " - " + err.Error()}
}

var errOtherSubject = errors.New("subject does not match jwt content")

// Update saves an account's JWT. about is the account that the request's subject
// names; empty if it names none.
func (c *Clerk) Update(about string, body []byte) Status {
	token := strings.TrimSpace(string(body))
	if c.Kind == Fixed && token == "" {
		return Status{true, about, "jwt update error - request body is empty"}
	}
	updated := "jwt updated"
	invalid := "jwt validation failed"
	if c.Kind == Cache {
		updated, invalid = "jwt updated cache", "jwt update cache validation failed"
	}
	s, err := jwtauth.ParseStored(token)
	if err != nil {
		account := "n/a"
		if c.Kind == Fixed {
			account = about
		}
		return failed(account, "jwt update resulted in error", err)
	}
	if about != "" && about != s.Key {
		return failed(about, "jwt update resulted in error", errOtherSubject)
	}
	if err := c.Operators.CheckIssuer(token); err != nil {
		return failed(s.Key, "jwt update resulted in error", err)
	}
	if err := jwtauth.CheckClaims(token); err != nil {
		return failed(s.Key, invalid, err)
	}
	loaded := c.Loaded(s.Key)
	switch {
	case c.Kind == Fixed && !loaded:
		return Status{false, s.Key, "jwt update skipped"}
	case c.Kind == Cache && !loaded:
		return Status{false, s.Key, "jwt update cache skipped"}
	}
	if err := c.save(s.Key, token); err != nil {
		return failed(s.Key, "jwt update resulted in error", err)
	}
	return Status{false, s.Key, updated}
}

// save keeps a JWT and tells of it, unless it is the one that is there.
func (c *Clerk) save(account, token string) error {
	if c.Store != nil {
		if old, err := c.Store.Load(account); err == nil && old == token {
			return nil
		}
		if err := c.Store.Save(account, token); err != nil {
			return err
		}
	}
	c.Changed(account, token)
	return nil
}

// Lookup returns the JWT of an account; empty if it is not known.
func (c *Clerk) Lookup(account string) string {
	token, err := c.Store.Load(account)
	if err != nil {
		return ""
	}
	return token
}

// Errors of deletions.
var (
	errDeleteOff    = errors.New("delete must be enabled in server config")
	errDeleteSystem = errors.New("not allowed to delete system account")
)

// Delete deletes the accounts that an operator's order names.
func (c *Clerk) Delete(order []byte) Status {
	by, accounts, err := c.Operators.ParseDeletion(strings.TrimSpace(string(order)))
	if err == nil && !c.AllowDelete {
		err = errDeleteOff
	}
	for _, key := range accounts {
		if err == nil && key == c.System {
			err = errDeleteSystem
		}
	}
	if err != nil {
		return failed("", fmt.Sprintf("delete accounts request by %s failed", by), err)
	}
	done, errs := 0, []string(nil)
	for _, key := range accounts {
		if err := c.Store.Delete(key); err != nil {
			errs = append(errs, err.Error())
			continue
		}
		done++
		c.Changed(key, "")
	}
	if len(errs) > 0 {
		return Status{true, "", fmt.Sprintf("deleted %d accounts, failed for %d - %s", done, len(errs), strings.Join(errs, ", "))}
	}
	return Status{false, "", fmt.Sprintf("deleted %d accounts", done)}
}

// Hash is that of all that a store keeps: equal for equal contents, in any order.
type Hash [sha256.Size]byte

// Pack returns what another server lacks whose store has that hash: one line
// ACCOUNT|JWT for each account, or nothing if it has the same. Accounts whose time
// is over are left out.
func (c *Clerk) Pack(theirs []byte, now time.Time) ([]string, error) {
	lines, hash, err := c.contents(now)
	if err != nil || string(theirs) == string(hash[:]) {
		return nil, err
	}
	return lines, nil
}

// Hash returns the hash of the store.
func (c *Clerk) Hash(now time.Time) (Hash, error) {
	_, hash, err := c.contents(now)
	return hash, err
}

func (c *Clerk) contents(now time.Time) (lines []string, hash Hash, err error) {
	keys, err := c.Store.List()
	if err != nil {
		return nil, hash, err
	}
	for _, key := range keys {
		token, err := c.Store.Load(key)
		if err != nil {
			continue // it was deleted just now, or is damaged, which was said
		}
		s, err := jwtauth.ParseStored(token)
		if err != nil || !s.Expires.IsZero() && !now.Before(s.Expires) {
			continue
		}
		for i, b := range sha256.Sum256([]byte(token)) {
			hash[i] ^= b
		}
		lines = append(lines, key+"|"+token)
	}
	return lines, hash, nil
}

// Merge takes lines of another server's pack in: those that are newer than what is
// here. It returns what was wrong with the others.
func (c *Clerk) Merge(lines []byte) error {
	var errs []error
	for line := range strings.SplitSeq(string(lines), "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		key, token, _ := strings.Cut(line, "|")
		if err := c.Offer(key, token); err != nil {
			errs = append(errs, fmt.Errorf("account %.60q: %w", key, err))
		}
	}
	return errors.Join(errs...)
}

// Offer takes a JWT in that came from elsewhere, unless the one that is here is
// newer or the same.
func (c *Clerk) Offer(account, token string) error {
	s, err := jwtauth.ParseStored(token)
	if err != nil {
		return err
	}
	if s.Key != account {
		return errOtherSubject
	}
	if old, err := c.Store.Load(account); err == nil {
		if have, err := jwtauth.ParseStored(old); err == nil && (have.ID == s.ID || s.Issued.Before(have.Issued)) {
			return nil
		}
	}
	return c.save(account, token)
}
