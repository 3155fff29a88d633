package callout

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/nats-io/jwt/v2"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/auth/jwtauth"
	"github.com/dunlin-mq/dunlin/protocol"
)

// Judge says what an answer has to be like beside what all have to be like: a
// configuration with users and one with operators differ in that.
type Judge interface {
	// signer returns why answers may not be signed with a key, or for an account;
	// the second is asked in any case, the first only of answers that were not
	// sealed.
	signer(issuer string) error
	issuerAccount(account string) error
	// admit makes an identity of the user's JWT.
	admit(p *Pending, token string, u *jwt.UserClaims, proxied bool, now time.Time) (*auth.Identity, error)
}

// refusal is an error with a reason of its own.
type refusal struct {
	text   string
	reason protocol.CloseReason
}

func (r *refusal) Error() string { return r.text }

// plainStart is what JWTs begin with, and sealed answers do not.
const plainStart = "eyJ"

// Verify decides about an answer. proxied says that a trusted proxy stands between
// peer and server. The error is an *[auth.Refusal] whose Why says what is wrong.
func (p *Pending) Verify(answer []byte, j Judge, proxied bool, now time.Time) (*auth.Identity, error) {
	id, err := p.verify(answer, j, proxied, now)
	if err == nil {
		return id, nil
	}
	r := &auth.Refusal{Reason: protocol.AuthenticationFailure, Why: capital(err.Error())}
	if own, ok := err.(*refusal); ok {
		r.Reason = own.reason
	}
	return nil, r
}

func (p *Pending) verify(answer []byte, j Judge, proxied bool, now time.Time) (*auth.Identity, error) {
	acc := p.question.Account
	if len(answer) == 0 {
		return nil, fmt.Errorf("auth callout violation: %q on account %q", "no reason supplied", acc)
	}
	// A header may begin with a blank, and then the JWT begins otherwise: only what
	// was opened counts as sealed.
	sealed := p.question.XKey != "" && !strings.HasPrefix(string(answer), plainStart)
	if sealed {
		plain, err := p.asker.XKeys.Open(answer, p.question.XKey)
		if err != nil {
			return nil, fmt.Errorf("error decrypting auth callout response on account %q: %w", acc, err)
		}
		answer = plain
	}
	c, err := jwt.DecodeAuthorizationResponseClaims(string(answer))
	if err != nil {
		return nil, err
	}
	vr := jwt.CreateValidationResults()
	if c.Validate(vr); len(vr.Issues) > 0 {
		return nil, fmt.Errorf("authorization response had validation errors: %s", vr.Issues[0].Description)
	}
	switch {
	case c.Subject != p.user:
		return nil, fmt.Errorf("auth callout violation: auth callout response is not for expected user")
	case c.Audience != p.asker.ID:
		return nil, fmt.Errorf("auth callout violation: auth callout response is not for server")
	}
	if !sealed {
		if err := j.signer(c.Issuer); err != nil {
			return nil, err
		}
	}
	if err := j.issuerAccount(c.IssuerAccount); err != nil {
		return nil, err
	}
	if c.Error != "" {
		return nil, fmt.Errorf("auth callout service returned an error: %s", c.Error)
	}
	return p.judgeUser(c.Jwt, j, proxied, now)
}

// judgeUser decides about the JWT in an answer.
func (p *Pending) judgeUser(token string, j Judge, proxied bool, now time.Time) (*auth.Identity, error) {
	acc := p.question.Account
	u, err := jwt.DecodeUserClaims(token)
	if err != nil {
		return nil, fmt.Errorf("error validating user JWT: %w", err)
	}
	if u.ProxyRequired && !proxied {
		return nil, &refusal{"proxy connection required", protocol.ProxyRequired}
	}
	vr := jwt.CreateValidationResults()
	if u.Validate(vr); len(vr.Issues) > 0 {
		return nil, fmt.Errorf("error validating user JWT: %s", vr.Issues[0].Description)
	}
	if u.Subject != p.user {
		return nil, fmt.Errorf("expected authorized user of %q but got %q on account %q", p.user, u.Subject, acc)
	}
	id, err := j.admit(p, token, u, proxied, now)
	if err != nil {
		return nil, err
	}
	o := p.question.Request.Connect
	id.Kind, id.Name = auth.ByCallout, cmp.Or(u.Name, o.User, o.NKey)
	return id, nil
}

// ofConfiguration judges answers for a configuration with users.
type ofConfiguration struct {
	issuer string
	exists func(account string) bool
}

// ForConfiguration returns the judge of answers that the account with a public key
// signs. exists tells which accounts there are.
func ForConfiguration(issuer string, exists func(account string) bool) Judge {
	return ofConfiguration{issuer, exists}
}

func (j ofConfiguration) signer(issuer string) error {
	if issuer != j.issuer {
		return errUnknownSigner
	}
	return nil
}

var errUnknownSigner = fmt.Errorf("auth callout signing key is unknown")

func (j ofConfiguration) issuerAccount(string) error { return nil }

func (j ofConfiguration) admit(p *Pending, _ string, u *jwt.UserClaims, _ bool, now time.Time) (*auth.Identity, error) {
	acc := p.question.Account
	switch {
	case u.IssuerAccount != "":
		return nil, fmt.Errorf("error non operator mode account %q: attempted to use issuer_account", acc)
	case u.Issuer != j.issuer:
		return nil, fmt.Errorf("wrong issuer for auth callout response on account %q, expected %q got %q", acc, j.issuer, u.Issuer)
	case u.Audience == "" || !j.exists(u.Audience):
		return nil, fmt.Errorf("no valid account %q for auth callout response on account %q: account missing", u.Audience, acc)
	}
	id, err := jwtauth.Delegated(u, p.question.Request, now)
	if err != nil {
		return nil, onAccount(err, acc)
	}
	id.Account = u.Audience
	return id, nil
}

// ofOperators judges answers where operators vouch for accounts.
type ofOperators struct {
	account  *jwtauth.Account
	accounts jwtauth.Lookup
}

// ForOperators returns the judge of answers of the service in an account.
func ForOperators(account *jwtauth.Account, accounts jwtauth.Lookup) Judge {
	return ofOperators{account, accounts}
}

func (j ofOperators) signer(issuer string) error {
	if issuer != j.account.Key && !j.account.SignsWith(issuer) {
		return errUnknownSigner
	}
	return nil
}

func (j ofOperators) issuerAccount(account string) error {
	if account != "" && account != j.account.Key {
		return fmt.Errorf("auth callout response issuer account %q is not the callout account", account)
	}
	return nil
}

func (j ofOperators) admit(p *Pending, token string, u *jwt.UserClaims, proxied bool, now time.Time) (*auth.Identity, error) {
	acc := p.question.Account
	key := cmp.Or(u.IssuerAccount, u.Issuer)
	if !j.account.CalloutInto(key) {
		return nil, fmt.Errorf("account %q not permitted as valid account option for auth callout for account %q", key, acc)
	}
	target, err := j.accounts.Account(key)
	if err != nil {
		return nil, fmt.Errorf("no valid account %q for auth callout response on account %q: %w", key, acc, err)
	}
	id, err := target.Delegated(u, p.question.Request, proxied, now)
	if err != nil {
		return nil, onAccount(err, acc)
	}
	id.IssuedAt = time.Unix(u.IssuedAt, 0)
	return id, nil
}

// onAccount names the service's account in errors about where and how a user may
// connect.
func onAccount(err error, acc string) error {
	switch err {
	case jwtauth.ErrTimes:
		return fmt.Errorf("authorized user on account %q outside of valid connect times", acc)
	case jwtauth.ErrUnknownTypes:
		return fmt.Errorf("authorized user on account %q using invalid connection type", acc)
	case jwtauth.ErrType:
		return fmt.Errorf("authorized user on account %q not allowed to use connection type", acc)
	}
	return err
}

// capital begins a sentence.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
