module github.com/dunlin-mq/dunlin/release

go 1.26.0
