// Command hello is a fixture.
package main

import (
	"fmt"
	"runtime/debug"

	"example.test/house/server"
)

func main() {
	info, _ := debug.ReadBuildInfo()
	fmt.Println(server.Greeting(), info.Main.Version)
}
