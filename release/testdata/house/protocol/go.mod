module example.test/house/protocol

go 1.26.0
