module github.com/dunlin-mq/dunlin/tests

go 1.26.0

require (
	github.com/dunlin-mq/dunlin/auth v0.1.0
	github.com/dunlin-mq/dunlin/server v0.1.0
	github.com/google/go-cmp v0.7.0
	github.com/nats-io/jwt/v2 v2.8.2
	github.com/nats-io/nats.go v1.55.0
	github.com/nats-io/nkeys v0.4.17
	golang.org/x/crypto v0.57.0
)

require (
	github.com/dunlin-mq/dunlin/jetstream v0.1.0 // indirect
	github.com/dunlin-mq/dunlin/protocol v0.1.0 // indirect
	github.com/dunlin-mq/dunlin/wsframe v0.1.0 // indirect
	github.com/klauspost/compress v1.20.3 // indirect
	github.com/nats-io/nuid v1.0.1 // indirect
	golang.org/x/sys v0.48.0 // indirect
)

replace (
	github.com/dunlin-mq/dunlin/auth => ../auth
	github.com/dunlin-mq/dunlin/jetstream => ../jetstream
	github.com/dunlin-mq/dunlin/protocol => ../protocol
	github.com/dunlin-mq/dunlin/server => ../server
	github.com/dunlin-mq/dunlin/wsframe => ../wsframe
)
