package main

import (
	"context"

	"github.com/dunlin-mq/dunlin/tools/bench/load"
	"github.com/dunlin-mq/dunlin/tools/bench/proc"
)

// webSocketWorkloads are those over the WebSocket port; a z at the end of an ID says that the
// clients have negotiated compression. Payloads are JSON documents, because what compressing costs
// depends on what is compressed.
func webSocketWorkloads() []Workload {
	return []Workload{
		fan("ws-fan-100-1k-z", "1:100 from TCP to compressed WebSocket, 1 KiB JSON", cpuRatio(0.1), load.WebSocketFan{Transport: load.Deflate, Subscribers: 100, Size: 1 << 10, Messages: 8_000}),
		fan("ws-fan-1000-1k-z", "1:1,000 from TCP to compressed WebSocket, 1 KiB JSON", cpuRatio(0.1), load.WebSocketFan{Transport: load.Deflate, Subscribers: 1_000, Size: 1 << 10, Messages: 800}),
		fan("ws-fan-100-128-z", "1:100 from TCP to compressed WebSocket, 128 B JSON", cpuRatio(0.25), load.WebSocketFan{Transport: load.Deflate, Subscribers: 100, Size: 128, Messages: 20_000}),
		fan("ws-fan-1000-128-z", "1:1,000 from TCP to compressed WebSocket, 128 B JSON", cpuRatio(0.25), load.WebSocketFan{Transport: load.Deflate, Subscribers: 1_000, Size: 128, Messages: 2_000}),
		fan("ws-fan-100-1k", "1:100 from TCP to WebSocket, 1 KiB JSON", cpuRatio(0.45), load.WebSocketFan{Transport: load.WebSocket, Subscribers: 100, Size: 1 << 10, Messages: 30_000}),
		fan("ws-fan-100-128", "1:100 from TCP to WebSocket, 128 B JSON", cpuRatio(0.45), load.WebSocketFan{Transport: load.WebSocket, Subscribers: 100, Size: 128, Messages: 100_000}),
		fan("ws-alone-100-1k-z", "1:100 from TCP to compressed WebSocket, 1 KiB JSON, one message at a time", nil, load.WebSocketFan{Transport: load.Deflate, Subscribers: 100, Size: 1 << 10, Messages: 1_500, Alone: true}),
		fan("ws-alone-100-128-z", "1:100 from TCP to compressed WebSocket, 128 B JSON, one message at a time", nil, load.WebSocketFan{Transport: load.Deflate, Subscribers: 100, Size: 128, Messages: 1_500, Alone: true}),
		webSocketPublish("ws-pub-128", "publish only, from WebSocket, 128 B JSON, frames of 32 KiB", load.WebSocketPublish{Transport: load.WebSocket, Size: 128, Messages: 3_000_000}),
		webSocketPublish("ws-pub-128-each", "publish only, from WebSocket, 128 B JSON, a frame for each message", load.WebSocketPublish{Transport: load.WebSocket, Size: 128, Messages: 2_000_000, Each: true}),
		webSocketPublish("ws-pub-1k-z", "publish only, from compressed WebSocket, 1 KiB JSON, frames of 32 KiB before compression", load.WebSocketPublish{Transport: load.Deflate, Size: 1 << 10, Messages: 300_000}),
		webSocketPublish("ws-pub-1k-z-each", "publish only, from compressed WebSocket, 1 KiB JSON, a frame for each message", load.WebSocketPublish{Transport: load.Deflate, Size: 1 << 10, Messages: 100_000, Each: true}),
		upgrades("ws-upgrade", "WebSocket clients that upgrade, are greeted and leave", load.WebSocket),
		upgrades("ws-upgrade-z", "compressed WebSocket clients that upgrade, are greeted and leave", load.Deflate),
		webSocketIdle("ws-idle", "2,000 idle WebSocket clients with one subscription each", load.WebSocket),
		webSocketIdle("ws-idle-z", "2,000 idle compressed WebSocket clients with one subscription each", load.Deflate),
	}
}

// withWebSocket starts the server with the listener that these workloads need.
var withWebSocket = proc.Options{WebSocket: true}

func fan(id, about string, targets []Target, f load.WebSocketFan) Workload {
	return Workload{ID: id, About: about, Targets: targets, Server: withWebSocket,
		Run: func(ctx context.Context, server load.Server, scale Scale) (Values, error) {
			f := f
			f.Messages /= scale.Divide
			m, err := f.Run(ctx, server)
			return valuesOf(m), err
		}}
}

func webSocketPublish(id, about string, p load.WebSocketPublish) Workload {
	return Workload{ID: id, About: about, Server: withWebSocket,
		Run: func(ctx context.Context, server load.Server, scale Scale) (Values, error) {
			p := p
			p.Messages /= scale.Divide
			m, err := p.Run(ctx, server)
			return valuesOf(m), err
		}}
}

func upgrades(id, about string, t load.Transport) Workload {
	return Workload{ID: id, About: about, Server: withWebSocket, Targets: cpuRatio(0.5),
		Run: func(ctx context.Context, server load.Server, scale Scale) (Values, error) {
			m, err := load.Upgrades{Transport: t, Count: 5_000 / scale.Divide}.Run(ctx, server)
			return valuesOf(m), err
		}}
}

func webSocketIdle(id, about string, t load.Transport) Workload {
	return Workload{ID: id, About: about, Server: withWebSocket,
		Targets: []Target{{Quantity: idleRSS, Own: true, Limit: 16}}, Run: idle(t)}
}
