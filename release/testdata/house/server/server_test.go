package server

import "testing"

func TestGreeting(t *testing.T) {
	if Greeting() == "" {
		t.Error("no greeting")
	}
}
