package resolver

import (
	"errors"
	"slices"
	"sync"

	"github.com/nats-io/nkeys"
)

// Store keeps account JWTs by the account's public key. It is safe for concurrent
// use.
type Store interface {
	// Load returns the JWT of an account, or [ErrNotFound].
	Load(account string) (string, error)
	// Save keeps a JWT, in the place of an older one.
	Save(account, token string) error
	// Delete forgets an account; one that is not there is no error.
	Delete(account string) error
	// List returns the keys of all accounts, sorted.
	List() ([]string, error)
}

// Errors of stores.
var (
	ErrNotFound = errors.New("account missing")
	ErrFull     = errors.New("jwt store is full")
	// ErrKey is the error of a key that is no account's.
	ErrKey = errors.New("not a valid public account nkey")
)

// Memory is a store that ends with the process. The zero value is empty.
type Memory struct {
	mu     sync.Mutex
	tokens map[string]string // guarded by mu
}

// Load implements [Store].
func (m *Memory) Load(account string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t, ok := m.tokens[account]; ok {
		return t, nil
	}
	return "", ErrNotFound
}

// Save implements [Store].
func (m *Memory) Save(account, token string) error {
	if !nkeys.IsValidPublicAccountKey(account) {
		return ErrKey
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.tokens == nil {
		m.tokens = make(map[string]string)
	}
	m.tokens[account] = token
	return nil
}

// Delete implements [Store].
func (m *Memory) Delete(account string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.tokens, account)
	return nil
}

// List implements [Store].
func (m *Memory) List() ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	keys := make([]string, 0, len(m.tokens))
	for key := range m.tokens {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys, nil
}
