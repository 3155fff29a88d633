package auth_test

import (
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/auth/perm"
	"github.com/dunlin-mq/dunlin/protocol"
)

// Two users with passwords, one in an account of its own, and what a server
// learns when they log in.
func Example() {
	users, err := auth.NewDirectory(auth.Config{Users: []auth.User{
		{Name: "alice", Password: "wonderland"},
		{Name: "bob", Password: "builder", Account: "SITE", Permissions: &perm.Rules{
			Publish:   &perm.Subjects{Allow: []string{"site.>"}, Deny: []string{"site.keys"}},
			Subscribe: &perm.Subjects{Allow: []string{"jobs.* crew"}},
		}},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}

	id, err := users.Authenticate(&auth.Request{Connect: &protocol.Connect{User: "bob", Pass: "builder"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(id.Label(), "of", id.Account)
	fmt.Println("publish site.plan:", id.Permissions.Publish([]byte("site.plan")))
	fmt.Println("publish site.keys:", id.Permissions.Publish([]byte("site.keys")))
	fmt.Println("subscribe jobs.new:", id.Permissions.Subscribe("jobs.new", ""))
	fmt.Println("subscribe jobs.new in crew:", id.Permissions.Subscribe("jobs.new", "crew"))

	_, err = users.Authenticate(&auth.Request{Connect: &protocol.Connect{User: "alice", Pass: "?"}})
	if refusal, ok := errors.AsType[*auth.Refusal](err); ok {
		fmt.Println(refusal.User, "-", refusal.Reason)
	}
	// Output:
	// User "bob" of SITE
	// publish site.plan: true
	// publish site.keys: false
	// subscribe jobs.new: false
	// subscribe jobs.new in crew: true
	// User "alice" - Authentication Failure
}

// A user with an nkey proves itself by a signature: the server has only the
// public key, and nothing that is worth stealing goes over the wire.
func ExampleDirectory_Authenticate_nkey() {
	seed, _ := nkeys.CreateUser() // the client's secret
	public, _ := seed.PublicKey() // what the configuration names

	users, err := auth.NewDirectory(auth.Config{Users: []auth.User{{NKey: public}}})
	if err != nil {
		fmt.Println(err)
		return
	}

	const nonce = "R9hzk1lFqjHwTbg" // the server made it up and sent it in INFO
	sig, _ := seed.Sign([]byte(nonce))
	id, err := users.Authenticate(&auth.Request{
		Nonce:   nonce,
		Connect: &protocol.Connect{NKey: public, Sig: base64.RawURLEncoding.EncodeToString(sig)},
	})
	fmt.Println(id.Kind == auth.ByNKey, id.Name == public, err)

	_, err = users.Authenticate(&auth.Request{
		Nonce:   "another",
		Connect: &protocol.Connect{NKey: public, Sig: base64.RawURLEncoding.EncodeToString(sig)},
	})
	fmt.Println(err)
	// Output:
	// true true <nil>
	// Signature not verified
}
