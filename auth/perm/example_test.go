package perm_test

import (
	"fmt"
	"time"

	"github.com/dunlin-mq/dunlin/auth/perm"
)

// A wildcard may take in subjects that are denied. The subscription is made, and
// its filter withholds them.
func ExampleSet_Filter() {
	set, err := perm.Compile(&perm.Rules{Subscribe: &perm.Subjects{Deny: []string{"orders.secret"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(set.Subscribe("orders.secret", ""), set.Subscribe("orders.*", ""))
	filter := set.Filter("orders.*", "")
	fmt.Println(filter.Denies([]byte("orders.secret")), filter.Denies([]byte("orders.new")))
	// Output:
	// false true
	// true false
}

// A service that may publish nothing but answers.
func ExampleReplies() {
	set, err := perm.Compile(&perm.Rules{Responses: &perm.Responses{Max: 1, TTL: time.Minute}})
	if err != nil {
		fmt.Println(err)
		return
	}
	replies := set.NewReplies()
	now := time.Now().UnixNano()
	replies.Track([]byte("_INBOX.x"), now) // a request was delivered to it
	fmt.Println(set.Publish([]byte("_INBOX.x")), replies.Allow([]byte("_INBOX.x"), now))
	fmt.Println(replies.Allow([]byte("_INBOX.x"), now)) // it has answered
	// Output:
	// false true
	// false
}
