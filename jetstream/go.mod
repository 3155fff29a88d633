module github.com/dunlin-mq/dunlin/jetstream

go 1.26.0

require (
	github.com/dunlin-mq/dunlin/protocol v0.1.0
	github.com/google/go-cmp v0.7.0
	github.com/klauspost/compress v1.20.3
)
