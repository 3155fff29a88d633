package subject_test

import (
	"fmt"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

func Example() {
	fmt.Println(subject.Valid("orders.*.created"), subject.Valid("orders..created"))
	fmt.Println(subject.Match("orders.*.created", "orders.eu.created"))
	fmt.Println(subject.Match("orders.>", "orders"))
	// Output:
	// true false
	// true
	// false
}

func ExampleTokens() {
	for token := range subject.Tokens("orders.eu.created") {
		fmt.Println(token)
	}
	// Output:
	// orders
	// eu
	// created
}

func ExampleOverlap() {
	// Does some message reach both subscriptions?
	fmt.Println(subject.Overlap("orders.*.created", "orders.eu.>"))
	// Does every message of the first reach the second?
	fmt.Println(subject.Subset("orders.*.created", "orders.eu.>"))
	// Output:
	// true
	// false
}

func ExampleTransform() {
	t, err := subject.NewTransform("orders.*.*", "shop.{{partition(8,2)}}.$2.{{left(1,2)}}")
	if err != nil {
		fmt.Println(err)
		return
	}
	buf := make([]byte, 0, 64)
	mapped, ok := t.Apply(buf, []byte("orders.europe.4711"))
	fmt.Printf("%s %t\n", mapped, ok)

	_, ok = t.Apply(buf, []byte("invoices.europe"))
	fmt.Println(ok)

	_, err = subject.NewTransform("orders.*", "shop.$2")
	fmt.Println(err)
	// Output:
	// shop.2.4711.eu true
	// false
	// invalid mapping destination: wildcard index out of range in $2: [2]
}

func ExampleMappings() {
	// A tenth of the orders goes to the new version of the service.
	canary, err := subject.NewMapping("orders.*", subject.Dest{Subject: "canary.orders.$1", Weight: 10})
	if err != nil {
		fmt.Println(err)
		return
	}
	mappings := subject.NewMappings("", canary).
		WithRand(func(n int) int { return 3 }) // leave this out to draw lots

	publish := func(s string) {
		if mapped, changed := mappings.Map(nil, []byte(s)); changed {
			s = string(mapped)
		}
		fmt.Println(s)
	}
	publish("orders.eu")
	publish("invoices.eu")
	// Output:
	// canary.orders.eu
	// invoices.eu
}

func ExampleTransform_Reverse() {
	t, err := subject.NewStrictTransform("requests.*.do", "local.$1")
	if err != nil {
		fmt.Println(err)
		return
	}
	pattern, _ := t.DestPattern()
	back, _ := t.Reverse()
	original, _ := back.Apply(nil, []byte("local.sum"))
	fmt.Printf("%s %s\n", pattern, original)
	// Output: local.* requests.sum.do
}
