package sublist_test

import (
	"fmt"
	"slices"

	"github.com/dunlin-mq/dunlin/protocol/sublist"
)

func Example() {
	type client struct{ name string }

	index := sublist.New[*client]()
	subscribe := func(subject, queue, name string) *sublist.Entry[*client] {
		entry, err := index.Insert(subject, queue, &client{name})
		if err != nil {
			panic(err) // no valid subject
		}
		return entry
	}
	subscribe("orders.eu.new", "", "archive")
	audit := subscribe("orders.>", "", "audit")
	subscribe("orders.*.new", "workers", "worker 1")
	subscribe("orders.eu.*", "workers", "worker 2")

	var found sublist.Result[*client] // used again for every message
	publish := func(subject string) {
		index.Match([]byte(subject), &found)
		var names []string
		for _, segment := range found.Plain {
			for _, c := range segment {
				names = append(names, c.name)
			}
		}
		slices.Sort(names) // there is no order
		fmt.Println(subject, "to", names)
		for i := range found.Queues {
			group := &found.Queues[i]
			fmt.Println("  and to one of", group.Len(), group.Name)
		}
	}
	publish("orders.eu.new")
	publish("orders.us.paid")

	index.Remove(audit)
	publish("orders.us.paid")
	fmt.Println(index.Len(), "subscriptions are left")
	// Output:
	// orders.eu.new to [archive audit]
	//   and to one of 2 workers
	// orders.us.paid to [audit]
	// orders.us.paid to []
	// 3 subscriptions are left
}

// To deliver to one member of a queue group, start anywhere and walk on until
// a member takes the message.
func ExampleGroup_At() {
	index := sublist.New[string]()
	for _, worker := range []string{"busy", "gone", "ready"} {
		if _, err := index.Insert("jobs", "workers", worker); err != nil {
			panic(err)
		}
	}
	var found sublist.Result[string]
	index.Match([]byte("jobs"), &found)
	group := &found.Queues[0]
	start := 1 // a random number below group.Len()
	for i := range group.Len() {
		worker := group.At((start + i) % group.Len())
		fmt.Println("try", worker)
		if worker == "ready" {
			break
		}
	}
	// Output:
	// try gone
	// try ready
}
