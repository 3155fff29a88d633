package libs

// Ours are the ways to use wsframe. The first is the one that is held against the
// others' numbers.
var Ours = []Library{Wsframe{}, Wsconn{}}

// Others are the libraries that ours is compared with.
var Others = []Library{Gorilla{}, Coder{}, Gobwas{}, Gws{}}

// All is ours and then the others.
func All() []Library { return append(Ours[:len(Ours):len(Ours)], Others...) }
