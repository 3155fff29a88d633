module example.test/house/tests

go 1.26.0

require example.test/house/server v0.1.0

require example.test/house/protocol v0.1.0 // indirect

replace (
	example.test/house/protocol => ../protocol
	example.test/house/server => ../server
)
