module example.test/house/server

go 1.26.0

require example.test/house/protocol v0.1.0
