package deflate_test

import (
	"fmt"

	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

// A server takes the first offer that its policy allows. Chrome's is answered
// without a window for the client, since the server did not want one.
func ExamplePolicy_Accept() {
	agreed, ok := deflate.Policy{}.Accept([]string{"permessage-deflate; client_max_window_bits"})
	fmt.Println(ok)
	fmt.Printf("Sec-WebSocket-Extensions: %s\n", agreed.AppendResponse(nil))
	// Output:
	// true
	// Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover
}

// A client holds the answer against what it offered.
func ExampleCheckResponse() {
	fmt.Printf("Sec-WebSocket-Extensions: %s\n", deflate.NoTakeover.AppendOffer(nil))
	_, ok, err := deflate.CheckResponse(deflate.NoTakeover, []string{"permessage-deflate"})
	fmt.Println(ok, err)
	// Output:
	// Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover
	// false compression negotiation error: server_no_context_takeover missing
}
