package deflate

import "testing"

// Not parallel: AllocsPerRun counts what other tests allocate, too.
func TestNothingIsAllocated(t *testing.T) {
	if underRace {
		t.Skip("the race detector allocates")
	}
	src := jsonOf(16 << 10)
	message := AppendMessage(nil, src)
	pieces := [][]byte{message[:1000], message[1000:]}
	dst := make([]byte, 0, 64<<10)
	sink := func(b []byte) error { return nil }
	w, r := NewWriter(MaxWindow), NewReader(MaxWindow)
	defer w.Close()
	defer r.Close()
	tests := map[string]func(){
		"AppendMessage": func() { dst = AppendMessage(dst[:0], src) },
		"AppendBlocks":  func() { dst = AppendBlocks(dst[:0], src) },
		"Window":        func() { dst = Window(10).AppendMessage(dst[:0], src) },
		"pieces":        func() { dst = Finish(AppendBlocks(AppendStored(dst[:0], src[:100]), src[100:])) },
		"Inflate":       func() { dst, _ = Inflate(dst[:0], message, len(src)) },
		"InflateTo":     func() { InflateTo(message, len(src), sink) },
		"InflatePieces": func() { InflatePieces(pieces, len(src), sink) },
		"takeover":      func() { dst = w.AppendMessage(dst[:0], src) },
		"Reader":        func() { dst, _ = r.Inflate(dst[:0], message, len(src)) },
		"Reader to":     func() { r.InflateTo(message, len(src), sink) },
	}
	for name, f := range tests {
		f()
		// A garbage collection in between may empty the pools once.
		if n := testing.AllocsPerRun(200, f); n > 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}
