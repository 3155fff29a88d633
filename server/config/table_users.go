package config

import (
	"fmt"
	"reflect"
	"time"

	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/auth/perm"
	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// authorizationBlock is the inside of authorization. Its rows are bound to an
// [Authorization].
var authorizationBlock = &Block{Options: append(loginRows(
	func(a *Authorization) *string { return &a.User }, func(a *Authorization) *string { return &a.Password },
	func(a *Authorization) *string { return &a.Token }, func(a *Authorization) *time.Duration { return &a.Timeout },
), []Option{
	{Name: "users", Type: TypeSections, Block: userBlock, Doc: "Users of the global account, by name or nkey.", bind: usersOf(func(a *Authorization) *[]User { return &a.Users })},
	{
		Name: "default_permissions", Aliases: []string{"default_permission", "permissions"}, Type: TypeSection, Block: permissionsBlock,
		Doc:  "Permissions of the users in this block that have none of their own.",
		bind: field[Authorization, *perm.Rules]{rulesKind, func(a *Authorization) **perm.Rules { return &a.DefaultPermissions }},
	},
	{
		Name: "auth_callout", Aliases: []string{"auth_hook"}, Type: TypeSection, Feature: FeatureCallout, Block: calloutBlock,
		Doc:  "A service that decides who may connect.",
		bind: calloutBinding{},
	},
	{
		Name: "proxy_required", Type: TypeBool, Feature: FeatureProxies,
		Doc:  "Let the only user, or the token, in through a trusted proxy alone.",
		bind: field[Authorization, bool]{boolKind, func(a *Authorization) *bool { return &a.ProxyRequired }},
	},
}...)}

// loginRows are the rows of a block with one user or token.
func loginRows[T any](user, password, token func(*T) *string, timeout func(*T) *time.Duration) []Option {
	return []Option{
		{Name: "user", Aliases: []string{"username"}, Type: TypeString, Reload: Live, Doc: "The only user.", bind: field[T, string]{stringKind, user}},
		{Name: "password", Aliases: []string{"pass"}, Type: TypeString, Reload: Live, Secret: true, Doc: "Its password, plain or as a bcrypt hash.", bind: field[T, string]{stringKind, password}},
		{Name: "token", Type: TypeString, Reload: Live, Secret: true, Doc: "The only token, plain or as a bcrypt hash.", bind: field[T, string]{stringKind, token}},
		{Name: "timeout", Type: TypeSeconds, Reload: Live, Doc: "How long clients have for their CONNECT; 2 seconds, or one more than the TLS handshake may take.", bind: field[T, time.Duration]{authTimeoutKind, timeout}},
	}
}

// usersOf binds a users array.
func usersOf[T any](ptr func(*T) *[]User) binding {
	return list[T, User]{
		block: userBlock, ptr: ptr,
		wrong:     func(v *syntax.Value) string { return "Expected users field to be an array, got " + shown(v) },
		wrongItem: func(v *syntax.Value) string { return "Expected user entry to be a map/struct, got " + shown(v) },
		finish:    checkUser,
	}
}

// checkUser reports what is wrong with one user.
func checkUser(c *cursor, m *syntax.Map, u *User) {
	switch {
	case u.NKey != "" && !nkeys.IsValidPublicUserKey(u.NKey):
		c.decoder.errorf(keyPos(m, "nkey"), "Not a valid public nkey for a user")
	case u.NKey != "" && (u.Name != "" || u.Password != ""):
		c.decoder.errorf(keyPos(m, "nkey"), "Nkey users do not take usernames or passwords")
	case u.NKey == "" && u.Name == "":
		c.decoder.errorf(keyPos(m), "User entry requires a user")
	}
}

// userBlock is one element of a users array. Its rows are bound to a [User].
var userBlock = &Block{Options: []Option{
	{Name: "user", Aliases: []string{"username"}, Type: TypeString, Doc: "The name to log in with, or that a certificate says.", bind: bindUser(stringKind, func(u *User) *string { return &u.Name })},
	{Name: "password", Aliases: []string{"pass"}, Type: TypeString, Secret: true, Doc: "The password, plain or as a bcrypt hash.", bind: bindUser(stringKind, func(u *User) *string { return &u.Password })},
	{Name: "nkey", Type: TypeString, Doc: "The public key of a user that signs a nonce instead.", bind: bindUser(stringKind, func(u *User) *string { return &u.NKey })},
	{
		Name: "permissions", Aliases: []string{"permission", "authorization"}, Type: TypeSection, Block: permissionsBlock,
		Doc:  "What the user may publish and subscribe to.",
		bind: bindUser(rulesKind, func(u *User) **perm.Rules { return &u.Permissions }),
	},
	{
		Name: "allowed_connection_types", Aliases: []string{"connection_types", "clients"}, Type: TypeStrings,
		Doc:  "How the user may connect: STANDARD, WEBSOCKET, LEAFNODE, LEAFNODE_WS, MQTT, MQTT_WS, IN_PROCESS; all if left out.",
		bind: bindUser(typesKind, func(u *User) *auth.Types { return &u.Types }),
	},
	{
		Name: "proxy_required", Type: TypeBool, Feature: FeatureProxies,
		Doc:  "Let the user in through a trusted proxy alone.",
		bind: bindUser(boolKind, func(u *User) *bool { return &u.ProxyRequired }),
	},
}}

func bindUser[V any](k *kind[V], ptr func(*User) *V) binding { return field[User, V]{k, ptr} }

// permissionsBlock is what a user may do. Its rows are bound to a [perm.Rules].
var permissionsBlock = &Block{
	unknown: "Unknown field %q parsing permissions",
	Options: []Option{
		{
			Name: "publish", Aliases: []string{"pub", "import"}, Type: TypeMixed, Block: subjectsBlock,
			Doc:  "Subjects that may be published to: one, several, or {allow, deny}.",
			bind: field[perm.Rules, *perm.Subjects]{subjectsKind, func(r *perm.Rules) **perm.Subjects { return &r.Publish }},
		},
		{
			Name: "subscribe", Aliases: []string{"sub", "export"}, Type: TypeMixed, Block: subjectsBlock,
			Doc:  "Subjects that may be subscribed to, each with a queue group behind a blank if it is about that: one, several, or {allow, deny}.",
			bind: field[perm.Rules, *perm.Subjects]{subjectsKind, func(r *perm.Rules) **perm.Subjects { return &r.Subscribe }},
		},
		{
			Name: "allow_responses", Aliases: []string{"publish_allow_responses"}, Type: TypeMixed, Block: responsesBlock,
			Doc:  "Publish to the reply subjects of messages that were received: true, or {max, expires}.",
			bind: field[perm.Rules, *perm.Responses]{responsesKind, func(r *perm.Rules) **perm.Responses { return &r.Responses }},
		},
	},
}

// subjectsBlock is which subjects a permission is about.
var subjectsBlock = &Block{
	unknown: "Unknown field name %q parsing subject permissions, only 'allow' or 'deny' are permitted",
	Options: []Option{
		{Name: "allow", Type: TypeStrings, Doc: "Patterns that are allowed; without any, all that are not denied.", bind: field[perm.Subjects, []string]{subjectListKind, func(s *perm.Subjects) *[]string { return &s.Allow }}},
		{Name: "deny", Type: TypeStrings, Doc: "Patterns that are denied, also if they are allowed.", bind: field[perm.Subjects, []string]{subjectListKind, func(s *perm.Subjects) *[]string { return &s.Deny }}},
	},
}

// responsesBlock bounds the answers to one request.
var responsesBlock = &Block{
	unknown: "Unknown field %q parsing permissions",
	Options: []Option{
		{
			Name: "max", Aliases: []string{"max_msgs", "max_messages", "max_responses"}, Type: TypeInteger, Min: -1, Max: maxInt32,
			Doc:  "Responses to one request; 1 if left out, no bound if negative.",
			bind: field[perm.Responses, int]{intKind, func(r *perm.Responses) *int { return &r.Max }},
		},
		{
			Name: "expires", Aliases: []string{"expiration", "ttl"}, Type: TypeDuration,
			Doc:  "How long a request may be answered; 2 minutes if left out, no bound if negative.",
			bind: field[perm.Responses, time.Duration]{responseTTLKind, func(r *perm.Responses) *time.Duration { return &r.TTL }},
		},
	},
}

// longAuthTimeout is from when on a timeout looks like a mistake.
const longAuthTimeout = time.Minute

// authTimeoutKind reads seconds as an integer, a float or a duration string.
var authTimeoutKind = &kind[time.Duration]{
	parse: func(c *cursor, v *syntax.Value) (time.Duration, bool) {
		d, ok := time.Duration(0), true
		switch v.Kind {
		case syntax.KindInt:
			d, ok = wholeSeconds(c, v.Int)
		case syntax.KindFloat:
			d, ok = tlsTimeoutKind.parse(c, v)
		case syntax.KindString:
			var err error
			if d, err = time.ParseDuration(v.Str); err != nil {
				c.errorf("error parsing authorization config, 'timeout' %v", err)
				return 0, false
			}
		default:
			c.errorf("error parsing authorization config, 'timeout' wrong type")
			return 0, false
		}
		if ok && v.Kind != syntax.KindString && d > longAuthTimeout {
			c.warnf("invalid use of field %q: timeout of %s (%f seconds) is high, consider keeping it under 60 seconds. "+
				"possibly caused by unquoted duration; use '1m' instead of 1m, for example", c.key, plain(v), d.Seconds())
		}
		return d, ok
	},
	format: secondsText,
	check:  notNegative,
}

// authorizationBinding binds the authorization block to Options.Authorization.
type authorizationBinding struct{}

func (authorizationBinding) decode(c *cursor, target any, v *syntax.Value) {
	if v.Kind != syntax.KindMap {
		c.mistyped("a map", v)
		return
	}
	a := &target.(*Options).Authorization
	c.decodeMap(authorizationBlock, v.Map, a)
	if why := a.contradiction(); why != "" {
		c.errorf("%s", why)
	}
}

// contradiction says what of the block cannot stand together, or "".
func (a *Authorization) contradiction() string {
	switch {
	case (a.User != "" || a.Password != "") && a.Token != "":
		return "Cannot have a user/pass and token"
	case a.Token != "" && len(a.Users) > 0:
		return "Can not have a token and a users array"
	case a.Single() && len(a.Users) > 0:
		return "Can not have a single user/pass and a users array"
	}
	return ""
}

func (authorizationBinding) text(target any) string {
	return fmt.Sprintf("%d users", len(target.(*Options).Authorization.Users))
}

// diff compares who may connect, and the time there is for it.
func (authorizationBinding) diff(old, new any) ([]Change, error) {
	o, n := old.(*Options), new.(*Options)
	was, is := o.Authorization, n.Authorization
	var changes []Change
	// What only follows the tls block is not told.
	if was.Timeout != is.Timeout && (was.Timeout != o.authTimeout() || is.Timeout != n.authTimeout()) {
		changes = append(changes, Change{
			Name: "authorization timeout", Old: secondsText(was.Timeout), New: secondsText(is.Timeout),
			line: "Reloaded: authorization timeout = " + secondsText(is.Timeout),
		})
	}
	add := func(name string, same bool) {
		if !same {
			changes = append(changes, Change{Name: "authorization", Old: redacted, New: redacted, line: "Reloaded: authorization " + name})
		}
	}
	add("username", was.User == is.User)
	add("password", was.Password == is.Password)
	add("token", was.Token == is.Token)
	add("users", reflect.DeepEqual(was.Users, is.Users) && was.DefaultPermissions.Equal(is.DefaultPermissions))
	return changes, nil
}

func (authorizationBinding) check(_ *Option, target any) string {
	return target.(*Options).Authorization.contradiction()
}
