package callout_test

import (
	"fmt"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/auth/callout"
	"github.com/dunlin-mq/dunlin/protocol"
)

// A server asks a service about somebody, and the service lets her in.
func Example() {
	server, _ := nkeys.CreateServer()
	issuer, _ := nkeys.CreateAccount()
	key := func(kp nkeys.KeyPair) string { k, _ := kp.PublicKey(); return k }

	connect := protocol.DefaultConnect()
	connect.User, connect.Pass = "alice", "secret"
	asker := callout.Asker{Keys: server, ID: key(server), Name: "s1"}
	pending, err := asker.Ask(&callout.Question{
		Request: &auth.Request{Connect: &connect}, Account: "AUTH", Issuer: key(issuer), Timeout: time.Second,
	}, time.Now())
	if err != nil {
		fmt.Println(err)
		return
	}

	// The service reads the request and answers.
	request, err := jwt.DecodeAuthorizationRequestClaims(string(pending.Payload))
	if err != nil {
		fmt.Println(err)
		return
	}
	user := jwt.NewUserClaims(request.UserNkey)
	user.Audience = "APP"
	answer := jwt.NewAuthorizationResponseClaims(request.UserNkey)
	answer.Audience = request.Server.ID
	answer.Jwt, _ = user.Encode(issuer)
	token, _ := answer.Encode(issuer)

	judge := callout.ForConfiguration(key(issuer), func(account string) bool { return account == "APP" })
	id, err := pending.Verify([]byte(token), judge, false, time.Now())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(id.Name, "in", id.Account)
	// Output: alice in APP
}
