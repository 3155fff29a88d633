package libs

// Ours is the library whose numbers the others' are held against.
var Ours Library = Wsframe{}

// Others are the libraries that ours is compared with.
var Others = []Library{Gorilla{}, Coder{}, Gobwas{}, Gws{}}

// All is ours and the others.
func All() []Library { return append([]Library{Ours}, Others...) }
