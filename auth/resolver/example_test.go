package resolver_test

import (
	"fmt"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/auth/jwtauth"
	"github.com/dunlin-mq/dunlin/auth/resolver"
)

// A server that keeps accounts in memory gets the JWT of a new one.
func ExampleClerk() {
	operator, _ := nkeys.CreateOperator()
	operatorKey, _ := operator.PublicKey()
	account, _ := nkeys.CreateAccount()
	accountKey, _ := account.PublicKey()
	trusted, err := jwtauth.NewOperators(nil, []string{operatorKey})
	if err != nil {
		fmt.Println(err)
		return
	}
	clerk := resolver.Clerk{
		Kind: resolver.Full, Store: new(resolver.Memory), Operators: trusted,
		Loaded:  func(string) bool { return false },
		Changed: func(account, _ string) { fmt.Println("changed:", account == accountKey) },
	}
	token, _ := jwt.NewAccountClaims(accountKey).Encode(operator)
	status := clerk.Update("", []byte(token))
	fmt.Println(status.Code(), status.Text)
	status = clerk.Update("", []byte("nonsense"))
	fmt.Println(status.Code(), status.Text)
	// Output:
	// changed: true
	// 200 jwt updated
	// 500 jwt update resulted in error - expected 3 chunks
}
