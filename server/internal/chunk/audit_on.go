//go:build race || invariants

package chunk

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
)

// Audited tells whether this build watches how chunks are used.
const Audited = true

// freed overwrites chunks that were given back, so that a slice kept without
// a reference shows.
const freed = 0xdd

// auditor knows who got the chunks that are lent out.
var auditor = struct {
	sync.Mutex
	held map[*Chunk][]uintptr
}{held: make(map[*Chunk][]uintptr)}

func noteGet(c *Chunk) {
	var stack [6]uintptr
	n := runtime.Callers(3, stack[:])
	auditor.Lock()
	defer auditor.Unlock()
	auditor.held[c] = append([]uintptr(nil), stack[:n]...)
}

func noteFree(c *Chunk, refs int32) {
	if refs < 0 {
		panic("chunk: released more often than retained")
	}
	auditor.Lock()
	delete(auditor.held, c)
	auditor.Unlock()
	for i := range c.Buf {
		c.Buf[i] = freed
	}
}

func checkRetain(refs int32) {
	if refs < 2 {
		panic("chunk: retained without a reference")
	}
}

// Held describes every chunk that is lent out: its size and who got it. It is
// empty in builds that are not audited.
func Held() []string {
	auditor.Lock()
	defer auditor.Unlock()
	var all []string
	for c, stack := range auditor.held {
		var b strings.Builder
		fmt.Fprintf(&b, "%d bytes, %d references, got by", len(c.Buf), c.refs.Load())
		frames := runtime.CallersFrames(stack)
		for more := true; more; {
			var f runtime.Frame
			f, more = frames.Next()
			fmt.Fprintf(&b, "\n\t%s:%d", f.Function, f.Line)
		}
		all = append(all, b.String())
	}
	return all
}
