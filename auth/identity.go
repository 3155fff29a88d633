package auth

import (
	"fmt"
	"time"

	"github.com/dunlin-mq/dunlin/auth/perm"
)

// Global is the account of users that belong to no other.
const Global = "$G"

// Kind is what vouches for an identity.
type Kind uint8

// The kinds.
const (
	Anonymous Kind = iota // no credentials were asked for
	ByName                // user name, password or certificate
	ByToken
	ByNKey
	ByJWT
	ByCallout // a service vouches for it
)

// Identity is who a connection is. It is immutable and shared; only this
// module makes one.
type Identity struct {
	Kind Kind
	// Name is the user name, or the public key of an nkey or a JWT's subject.
	// It is empty for Anonymous and ByToken.
	Name string
	// Account is the name of the account: in operator mode its public key.
	Account string
	// Permissions are what it may publish and subscribe to; nil is everything.
	Permissions *perm.Set
	Types       Types
	// MaxSubscriptions and MaxPayload limit the connection beside the limits of
	// server and account; 0 means no limit of its own.
	MaxSubscriptions int
	MaxPayload       int
	// Expires is when the connection has to end; zero for never.
	Expires time.Time
	// ProxyKey is the public key of the trusted proxy that it came through.
	ProxyKey string

	// JWT is the user's own token, Issuer the key that signed it, IssuedAt its
	// time of issue. Tags and NameTag are what it says about the user. All are
	// empty unless an operator vouches for the accounts.
	JWT      string
	Issuer   string
	IssuedAt time.Time
	Tags     []string
	NameTag  string
	Bearer   bool // it proves itself by its JWT alone
}

// Shown is the name by which monitoring and services know the identity: of a
// token only that there is one.
func (i *Identity) Shown() string {
	if i.Kind == ByToken {
		return "[REDACTED]"
	}
	return i.Name
}

// Label names the identity as logs do.
func (i *Identity) Label() string {
	switch i.Kind {
	case ByNKey:
		return fmt.Sprintf("Nkey %q", i.Name)
	case ByJWT:
		return fmt.Sprintf("JWT User %q", i.Name)
	case ByToken:
		return `Token "[REDACTED]"`
	case ByName, ByCallout:
		return fmt.Sprintf("User %q", i.Name)
	}
	return `User "N/A"`
}

// Suffix is what stands behind a connection in logs: its account and its user.
func (i *Identity) Suffix() string {
	switch i.Kind {
	case ByNKey:
		return i.Account + "/nkey:" + i.Name
	case ByJWT:
		return i.Account + "/jwt:" + i.Name
	case ByToken:
		return i.Account + "/token"
	case ByName, ByCallout:
		return i.Account + "/user:" + i.Name
	}
	return i.Account
}
