package jwtauth_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/auth/jwtauth"
	"github.com/dunlin-mq/dunlin/protocol"
)

// one knows one account.
type one struct{ account *jwtauth.Account }

// Account implements [jwtauth.Lookup].
func (o one) Account(key string) (*jwtauth.Account, error) {
	if key != o.account.Key {
		return nil, errors.New("account missing")
	}
	return o.account, nil
}

// An operator vouches for an account, the account for a user, who needs nothing but
// its JWT here.
func ExampleAuthenticator() {
	operator, _ := nkeys.CreateOperator()
	account, _ := nkeys.CreateAccount()
	user, _ := nkeys.CreateUser()
	key := func(kp nkeys.KeyPair) string { k, _ := kp.PublicKey(); return k }

	trusted, err := jwtauth.NewOperators(nil, []string{key(operator)})
	if err != nil {
		fmt.Println(err)
		return
	}
	claims := jwt.NewAccountClaims(key(account))
	claims.Name = "ORDERS"
	token, _ := claims.Encode(operator)
	orders, err := jwtauth.DecodeAccount(token, trusted, time.Now())
	if err != nil {
		fmt.Println(err)
		return
	}

	bob := jwt.NewUserClaims(key(user))
	bob.Name, bob.BearerToken = "bob", true
	bob.Pub.Allow.Add("orders.>")
	connect := protocol.DefaultConnect()
	connect.JWT, _ = bob.Encode(account)
	gate := jwtauth.Authenticator{Operators: trusted}
	granted, err := gate.Authenticate(&auth.Request{Connect: &connect}, false, one{orders}, time.Now())
	if err != nil {
		fmt.Println(err)
		return
	}
	id := granted.Identity
	fmt.Println(id.NameTag, "of", granted.Account.Label)
	fmt.Println(id.Permissions.Publish([]byte("orders.new")), id.Permissions.Publish([]byte("other")))
	// Output:
	// bob of ORDERS
	// true false
}
