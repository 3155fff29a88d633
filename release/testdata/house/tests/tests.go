// Package tests is a fixture.
package tests

import _ "example.test/house/server"
