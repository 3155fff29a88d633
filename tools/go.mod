module github.com/dunlin-mq/dunlin/tools

go 1.26.0

require (
	github.com/dunlin-mq/dunlin/server v0.1.0
	github.com/google/go-cmp v0.7.0
	golang.org/x/mod v0.43.0
)

require github.com/dunlin-mq/dunlin/protocol v0.1.0 // indirect

replace (
	github.com/dunlin-mq/dunlin/protocol => ../protocol
	github.com/dunlin-mq/dunlin/server => ../server
	github.com/dunlin-mq/dunlin/wsframe => ../wsframe
)
