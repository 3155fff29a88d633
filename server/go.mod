module github.com/dunlin-mq/dunlin/server

go 1.26.0

require (
	github.com/dunlin-mq/dunlin/auth v0.1.0
	github.com/dunlin-mq/dunlin/jetstream v0.1.0
	github.com/dunlin-mq/dunlin/protocol v0.1.0
	github.com/dunlin-mq/dunlin/wsframe v0.1.0
	github.com/google/go-cmp v0.7.0
	github.com/klauspost/compress v1.20.3
	github.com/nats-io/jwt/v2 v2.8.2
	github.com/nats-io/nkeys v0.4.17
)

require (
	golang.org/x/crypto v0.52.0 // indirect
	golang.org/x/sys v0.45.0 // indirect
)
