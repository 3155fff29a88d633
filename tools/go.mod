module github.com/dunlin-mq/dunlin/tools

go 1.26.0

require (
	github.com/coder/websocket v1.8.15
	github.com/dunlin-mq/dunlin/server v0.1.0
	github.com/dunlin-mq/dunlin/wsframe v0.1.0
	github.com/gobwas/ws v1.5.0
	github.com/google/go-cmp v0.7.0
	github.com/gorilla/websocket v1.5.3
	github.com/klauspost/compress v1.20.3
	github.com/lxzan/gws v1.8.9
	github.com/nats-io/nkeys v0.4.17
	golang.org/x/mod v0.43.0
)

require (
	github.com/dolthub/maphash v0.1.0 // indirect
	github.com/dunlin-mq/dunlin/auth v0.1.0 // indirect
	github.com/dunlin-mq/dunlin/protocol v0.1.0 // indirect
	github.com/gobwas/httphead v0.1.0 // indirect
	github.com/nats-io/jwt/v2 v2.8.2 // indirect
	golang.org/x/crypto v0.52.0 // indirect
	golang.org/x/sys v0.45.0 // indirect
)

replace (
	github.com/dunlin-mq/dunlin/auth => ../auth
	github.com/dunlin-mq/dunlin/jetstream => ../jetstream
	github.com/dunlin-mq/dunlin/protocol => ../protocol
	github.com/dunlin-mq/dunlin/server => ../server
	github.com/dunlin-mq/dunlin/wsframe => ../wsframe
)
