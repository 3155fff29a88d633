package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/tools/bench/load"
	"github.com/dunlin-mq/dunlin/tools/bench/proc"
)

// accessWorkloads are about users and accounts.
func accessWorkloads() []Workload {
	return []Workload{permissions(), streamImport(), nkeyLogins(), manyAccounts()}
}

// patterns is a list of n subjects, none of which the load uses.
func patterns(n int, of string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%q", fmt.Sprintf(of, i))
	}
	return strings.Join(list, ", ")
}

// permissions relates users with long lists to users without any.
func permissions() Workload {
	rules := fmt.Sprintf(`{allow: [%s, "bench.>"], deny: [%s]}`, patterns(19, "app.%d.>"), patterns(20, "secret.%d.>"))
	config := fmt.Sprintf("authorization { users: [{user: free, password: free}, {user: bound, password: bound, permissions: {publish: %s, subscribe: %s}}] }\n", rules, rules)
	plain := load.Stream{Publishers: 1, Subscribers: 1, Size: 128, Messages: 3_000_000, Publisher: "free", Subscriber: "free"}
	bound := plain
	bound.Publisher, bound.Subscriber = "bound", "bound"
	return comparison(Workload{
		ID:      "permissions",
		About:   "1:1, 128 B, users with 20 allow and 20 deny patterns each way; base: users with none",
		Server:  proc.Options{Config: config},
		Targets: []Target{{Quantity: ownCPU, Own: true, Limit: 1.15}},
	}, plain, bound)
}

// streamImport relates a stream of another account to one of the same.
func streamImport() Workload {
	const config = `accounts {
		A { users: [{user: a, password: a}], exports: [{stream: "bench.>"}] }
		B { users: [{user: b, password: b}], imports: [{stream: {account: A, subject: "bench.>"}}] }
	}
`
	plain := load.Stream{Publishers: 1, Subscribers: 1, Size: 128, Messages: 3_000_000, Publisher: "a", Subscriber: "a"}
	over := plain
	over.Subscriber = "b"
	return comparison(Workload{
		ID:     "stream-import",
		About:  "1:1, 128 B, from one account to another that imports the stream; base: within the account",
		Server: proc.Options{Config: config},
	}, plain, over)
}

// nkeyLogins connects clients that sign.
func nkeyLogins() Workload {
	kp, key, err := newUser()
	w := Workload{
		ID:      "nkey-logins",
		About:   "clients that log in with an nkey and leave",
		Server:  proc.Options{Config: fmt.Sprintf("authorization { users: [{nkey: %s}] }\n", key)},
		Targets: cpuRatio(1),
	}
	w.Run = func(ctx context.Context, server load.Server, scale Scale) (Values, error) {
		if err != nil {
			return nil, err
		}
		m, err := load.Logins{Key: key, Sign: kp.Sign, Count: 20_000 / scale.Divide}.Run(ctx, server)
		return valuesOf(m), err
	}
	return w
}

func newUser() (nkeys.KeyPair, string, error) {
	kp, err := nkeys.CreateUser()
	if err != nil {
		return nil, "", err
	}
	key, err := kp.PublicKey()
	return kp, key, err
}

// manyAccounts starts servers with a large configuration.
func manyAccounts() Workload {
	const accounts, users = 10_000, 10
	var b strings.Builder
	b.WriteString("accounts {\n")
	for i := range accounts {
		fmt.Fprintf(&b, "A%d { users: [", i)
		for j := range users {
			fmt.Fprintf(&b, "{user: u%d_%d, password: p%d_%d},", i, j, i, j)
		}
		b.WriteString("] }\n")
	}
	b.WriteString("}\n")
	return Workload{
		ID:      "many-accounts",
		About:   "start with 10,000 accounts of 10 users each",
		Server:  proc.Options{Config: b.String()},
		Targets: []Target{{Quantity: startCPU, Limit: 0.5}, {Quantity: rss, Limit: 0.5}},
		Run: func(_ context.Context, server load.Server, _ Scale) (Values, error) {
			cpu, err := server.CPU()
			if err != nil {
				return nil, err
			}
			bytes, err := server.RSS()
			return Values{startCPU: cpu.Seconds(), rss: float64(bytes) / (1 << 20)}, err
		},
	}
}
