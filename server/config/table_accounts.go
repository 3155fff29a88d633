package config

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/auth/perm"
	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// accountsBlock holds accounts by name.
var accountsBlock = &Block{Named: &Option{Name: "NAME", Type: TypeSection, Block: accountBlock}}

// accountBlock is one account. Its rows are bound to an [Account].
var accountBlock = &Block{Options: []Option{
	{Name: "nkey", Type: TypeString, Doc: "Public key of the account; means nothing to this server.", bind: bindAccount(accountKeyKind, func(a *Account) *string { return &a.NKey })},
	{Name: "users", Type: TypeSections, Block: userBlock, Doc: "Users of the account.", bind: usersOf(func(a *Account) *[]User { return &a.Users })},
	{
		Name: "default_permissions", Type: TypeSection, Block: permissionsBlock,
		Doc:  "Permissions of the users of this account that have none of their own.",
		bind: bindAccount(rulesKind, func(a *Account) **perm.Rules { return &a.DefaultPermissions }),
	},
	{
		Name: "imports", Type: TypeSections, Block: importBlock,
		Doc: "Streams and services of other accounts that this one takes in.",
		bind: list[Account, Import]{
			block: importBlock, ptr: func(a *Account) *[]Import { return &a.Imports },
			wrong:     func(v *syntax.Value) string { return "Imports should be an array, got " + goType(v) },
			wrongItem: func(v *syntax.Value) string { return "Import Items should be a map with type entry, got " + goType(v) },
			finish:    checkImport,
		},
	},
	{
		Name: "exports", Type: TypeSections, Block: exportBlock,
		Doc: "Streams and services that other accounts may import.",
		bind: list[Account, Export]{
			block: exportBlock, ptr: func(a *Account) *[]Export { return &a.Exports },
			wrong:     func(v *syntax.Value) string { return "Exports should be an array, got " + goType(v) },
			wrongItem: func(v *syntax.Value) string { return "Export Items should be a map with type entry, got " + goType(v) },
			finish:    checkExport,
		},
	},
	{
		Name: "mappings", Aliases: []string{"maps"}, Type: TypeMixed,
		Doc:  "Subject mappings of the account, as mappings at the top level.",
		bind: bindAccount(mappingsKind, func(a *Account) *[]Mapping { return &a.Mappings }),
	},
	{
		Name: "limits", Type: TypeSection, Block: accountLimitsBlock,
		Doc: "What the account may use.",
		bind: section[Account, AccountLimits]{
			accountLimitsBlock, func(a *Account) *AccountLimits { return &a.Limits }, "Expected account limits to be a map/struct, got %s",
		},
	},
	{
		Name: "jetstream", Type: TypeMixed, Feature: FeatureJetStream, Block: accountJetStreamBlock, off: jetStreamOff,
		Doc:  "What the account may use of JetStream: enabled, disabled, or limits.",
		bind: accountJetStreamBinding{},
	},
	{
		Name: "msg_trace", Aliases: []string{"trace_dest"}, Type: TypeMixed, Block: accountTraceBlock,
		Doc:  "Where messages with a traceparent header are traced: a subject, or {dest, sampling}.",
		bind: bindAccount(accountTraceKind, func(a *Account) *AccountTrace { return &a.Trace }),
	},
}}

func bindAccount[V any](k *kind[V], ptr func(*Account) *V) binding { return field[Account, V]{k, ptr} }

// accountKeyKind reads the public key of an account.
var accountKeyKind = &kind[string]{
	parse: func(c *cursor, v *syntax.Value) (string, bool) {
		if v.Kind != syntax.KindString || !nkeys.IsValidPublicAccountKey(v.Str) {
			c.errorf("Not a valid public nkey for an account: %q", shown(v))
			return "", false
		}
		return v.Str, true
	},
}

// accountLimitsBlock bounds an account. Its rows are bound to [AccountLimits].
var accountLimitsBlock = &Block{
	unknown: "Unknown field %q parsing account limits",
	Options: []Option{
		{Name: "max_connections", Aliases: []string{"max_conn"}, Type: TypeInteger, Doc: "Connections at one time.", bind: bindLimit(func(l *AccountLimits) *int { return &l.MaxConnections })},
		{Name: "max_subscriptions", Aliases: []string{"max_subs"}, Type: TypeInteger, Doc: "Subscriptions of one connection.", bind: bindLimit(func(l *AccountLimits) *int { return &l.MaxSubscriptions })},
		{Name: "max_payload", Aliases: []string{"max_pay"}, Type: TypeSize, Doc: "Bytes of a message.", bind: bindLimit(func(l *AccountLimits) *int { return &l.MaxPayload })},
		{Name: "max_leafnodes", Aliases: []string{"max_leafs"}, Type: TypeInteger, Doc: "Leaf node connections at one time.", bind: bindLimit(func(l *AccountLimits) *int { return &l.MaxLeafnodes })},
	},
}

func bindLimit(ptr func(*AccountLimits) *int) binding {
	return field[AccountLimits, int]{limitKind, ptr}
}

// accountTraceBlock is where traces go. Its rows are bound to an [AccountTrace].
var accountTraceBlock = &Block{Options: []Option{
	{Name: "dest", Type: TypeString, Doc: "The subject that traces are published to.", bind: field[AccountTrace, string]{stringKind, func(t *AccountTrace) *string { return &t.Dest }}},
	{Name: "sampling", Type: TypeMixed, Doc: "How many of the messages are traced, in percent.", bind: field[AccountTrace, int]{traceSamplingKind, func(t *AccountTrace) *int { return &t.Sampling }}},
}}

// accountTraceKind reads a destination, alone or with a rate.
var accountTraceKind = &kind[AccountTrace]{
	parse: func(c *cursor, v *syntax.Value) (AccountTrace, bool) {
		var t AccountTrace
		switch v.Kind {
		case syntax.KindString:
			t.Dest = v.Str
		case syntax.KindMap:
			before := len(c.problems)
			c.decodeMap(accountTraceBlock, v.Map, &t)
			if len(c.problems) > before {
				return t, false
			}
		default:
			c.errorf("Expected account message trace %q to be a string or a map/struct, got %s", c.key, goType(v))
			return t, false
		}
		switch {
		case t.Dest == "" && t.Sampling != 0:
			c.warnf("Trace destination sampling ignored since no destination was set")
			return AccountTrace{}, true
		case t.Dest != "" && !subject.ValidLiteral(t.Dest):
			c.errorf("Trace destination %q is not valid", t.Dest)
			return t, false
		}
		return t, true
	},
}

// traceSamplingKind reads a rate in percent.
var traceSamplingKind = &kind[int]{
	parse: func(c *cursor, v *syntax.Value) (int, bool) {
		n, ok := percent(v)
		switch {
		case !ok:
			c.errorf("Invalid trace destination sampling value %q", shown(v))
		case n < 1 || n > 100:
			c.errorf("Ttrace destination sampling value %d is invalid, needs to be [1..100]", n)
			ok = false
		}
		return n, ok
	},
}

// percent reads a number, alone or as a string with a percent sign.
func percent(v *syntax.Value) (int, bool) {
	switch v.Kind {
	case syntax.KindInt:
		if v.Int < 0 || v.Int > 1000 {
			return 1000, true // out of any range
		}
		return int(v.Int), true
	case syntax.KindString:
		var n int
		var rest string
		if k, _ := fmt.Sscanf(v.Str+" .", "%d%s", &n, &rest); k == 2 && (rest == "%" || rest == ".") {
			return n, true
		}
	}
	return 0, false
}

// accountsBinding binds the accounts block to Options.Accounts.
type accountsBinding struct{}

func (accountsBinding) decode(c *cursor, target any, v *syntax.Value) {
	o := target.(*Options)
	switch v.Kind {
	case syntax.KindArray:
		accountNames(c, o, v)
	case syntax.KindMap:
		for _, e := range effective(v.Map) {
			if e.UsedAsVariable && e.Value.Kind != syntax.KindMap {
				continue
			}
			account(c, o, e)
		}
	default:
		c.errorf("%s should be a map or an array of names, not %s", c.key, article(v.Kind))
	}
}

// accountNames reads accounts of which there are only names.
func accountNames(c *cursor, o *Options, v *syntax.Value) {
	for _, item := range v.Array {
		switch {
		case item.Kind != syntax.KindString:
			c.decoder.errorf(item.Pos, "Expected account name to be a string, not %s", article(item.Kind))
		case o.account(item.Str) != nil:
			c.decoder.errorf(item.Pos, "Duplicate Account Entry: %s", item.Str)
		case reservedAccount(item.Str):
			c.decoder.errorf(item.Pos, "%q is a Reserved Account", item.Str)
		default:
			o.Accounts = append(o.Accounts, Account{Name: item.Str})
		}
	}
}

// account reads one account.
func account(c *cursor, o *Options, e *syntax.Entry) {
	switch {
	case reservedAccount(e.Key):
		c.decoder.errorf(e.KeyPos, "%q is a Reserved Account", e.Key)
	case e.Value.Kind != syntax.KindMap:
		c.decoder.errorf(e.KeyPos, "Expected map entries for accounts")
	default:
		a := Account{Name: e.Key}
		c.decodeMap(accountBlock, e.Value.Map, &a)
		o.Accounts = append(o.Accounts, a)
	}
}

func (accountsBinding) text(target any) string {
	return fmt.Sprintf("%d accounts", len(target.(*Options).Accounts))
}

// diff compares accounts, wherever in the file they are written.
func (accountsBinding) diff(old, new any) ([]Change, error) {
	was, is := old.(*Options).Accounts, new.(*Options).Accounts
	if slices.EqualFunc(was, is, sameAccount) {
		return nil, nil
	}
	return []Change{{Name: "accounts", Old: redacted, New: redacted, line: "Reloaded: accounts"}}, nil
}

func sameAccount(a, b Account) bool {
	sameExport := func(x, y Export) bool {
		x.at, y.at = syntax.Pos{}, syntax.Pos{}
		return reflect.DeepEqual(x, y)
	}
	sameImport := func(x, y Import) bool {
		x.at, y.at = syntax.Pos{}, syntax.Pos{}
		return x == y
	}
	if !slices.EqualFunc(a.Exports, b.Exports, sameExport) || !slices.EqualFunc(a.Imports, b.Imports, sameImport) {
		return false
	}
	a.Exports, b.Exports, a.Imports, b.Imports = nil, nil, nil, nil
	return reflect.DeepEqual(a, b)
}

func (accountsBinding) check(*Option, any) string { return "" }
