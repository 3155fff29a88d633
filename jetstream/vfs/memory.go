package vfs

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"sync"
)

// ErrPowerCut is the error of everything after the power was cut.
var ErrPowerCut = errors.New("the power is cut")

// Op is an operation on a [Memory] that changes something.
type Op struct {
	Kind string // write, sync, truncate, create, rename, remove, syncdir
	Name string // of the file
	Size int    // bytes of a write
}

// Memory is a file system in memory for tests: the power can be cut after any operation,
// and every operation can be made to fail. It is safe for concurrent use.
type Memory struct {
	mu   sync.Mutex
	root *node // guarded by mu
	ops  int   // guarded by mu; done so far
	cut  int   // guarded by mu; the number of the operation that the power goes before; -1 for none

	fault func(Op) error // guarded by mu; nil for none
}

// node is a file or a directory.
type node struct {
	// Of a file: what is read, what was synced, and what was written since, in order.
	data, synced []byte
	pending      []change

	// Of a directory: what is seen, what was synced, and what happened since, in order.
	children, durable map[string]*node
	renames           []func(map[string]*node)
}

// change is something that was done to a file: bytes written at an offset, or a new
// length.
type change struct {
	at       int64
	bytes    []byte
	truncate bool
}

func newDir() *node {
	return &node{children: make(map[string]*node), durable: make(map[string]*node)}
}

// NewMemory returns an empty file system.
func NewMemory() *Memory { return &Memory{root: newDir(), cut: -1} }

// CutAfter has the power cut after n more operations that change something.
func (m *Memory) CutAfter(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cut = m.ops + n
}

// Ops returns how many operations were done that changed something.
func (m *Memory) Ops() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ops
}

// Fail has fn asked before each operation that changes something; what it returns, if
// not nil, is the operation's error. nil ends that.
func (m *Memory) Fail(fn func(Op) error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fault = fn
}

// op counts an operation. It is called with mu held.
func (m *Memory) op(o Op) error {
	if m.cut >= 0 && m.ops >= m.cut {
		return ErrPowerCut
	}
	if m.fault != nil {
		if err := m.fault(o); err != nil {
			return err
		}
	}
	m.ops++
	return nil
}

// Crash returns what may be found after a power cut now: what was synced, and of the
// rest what the seed says. Writes are lost, torn or done, whatever their order; of the
// names in a directory only the last changes are lost.
func (m *Memory) Crash(seed uint64) *Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := rand.New(rand.NewPCG(seed, 0))
	return &Memory{root: m.root.crash(r), cut: -1}
}

func (n *node) crash(r *rand.Rand) *node {
	if n.children == nil {
		data := slices.Clone(n.synced)
		for _, c := range n.pending {
			switch r.IntN(3) {
			case 0:
				data = c.apply(data, len(c.bytes))
			case 1:
				data = c.apply(data, r.IntN(len(c.bytes)+1))
			}
		}
		return &node{data: data, synced: slices.Clone(data)}
	}
	children := maps.Clone(n.durable)
	for _, change := range n.renames[:r.IntN(len(n.renames)+1)] {
		change(children)
	}
	out := newDir()
	for _, name := range slices.Sorted(maps.Keys(children)) {
		child := children[name].crash(r)
		out.children[name], out.durable[name] = child, child
	}
	return out
}

// apply does to data what the change did, with the first n bytes of it.
func (c *change) apply(data []byte, n int) []byte {
	if c.truncate {
		return resize(data, c.at)
	}
	if n == 0 {
		return data
	}
	if end := c.at + int64(n); end > int64(len(data)) {
		data = resize(data, end)
	}
	copy(data[c.at:], c.bytes[:n])
	return data
}

func resize(data []byte, size int64) []byte {
	if size <= int64(len(data)) {
		return data[:size:size]
	}
	return append(data, make([]byte, size-int64(len(data)))...)
}

// find returns the node of a name, or nil.
func (m *Memory) find(name string) *node {
	n := m.root
	for _, part := range strings.Split(path.Clean(name), "/") {
		if part == "" || part == "." {
			continue
		}
		if n == nil || n.children == nil {
			return nil
		}
		n = n.children[part]
	}
	return n
}

// parent returns the directory that a name is in.
func (m *Memory) parent(name string) (*node, error) {
	n := m.find(path.Dir(name))
	if n == nil || n.children == nil {
		return nil, fs.ErrNotExist
	}
	return n, nil
}

// change changes the names in a directory.
func (n *node) change(fn func(map[string]*node)) {
	fn(n.children)
	n.renames = append(n.renames, fn)
}

// Open implements [FS].
func (m *Memory) Open(name string) (File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.find(name)
	if n == nil || n.children != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &memoryFile{m: m, node: n, name: name}, nil
}

// Create implements [FS].
func (m *Memory) Create(name string) (File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	dir, err := m.parent(name)
	if err != nil {
		return nil, err
	}
	if err := m.op(Op{Kind: "create", Name: name}); err != nil {
		return nil, err
	}
	n := dir.children[path.Base(name)]
	if n == nil {
		n = &node{}
		dir.change(func(c map[string]*node) { c[path.Base(name)] = n })
	} else {
		n.data = nil
		n.pending = append(n.pending, change{truncate: true})
	}
	return &memoryFile{m: m, node: n, name: name}, nil
}

// Rename implements [FS].
func (m *Memory) Rename(from, to string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.find(from)
	dir, err := m.parent(to)
	if err != nil || n == nil || path.Dir(from) != path.Dir(to) {
		return &fs.PathError{Op: "rename", Path: from, Err: fs.ErrNotExist}
	}
	if err := m.op(Op{Kind: "rename", Name: to}); err != nil {
		return err
	}
	dir.change(func(c map[string]*node) {
		if moved, ok := c[path.Base(from)]; ok {
			c[path.Base(to)] = moved
			delete(c, path.Base(from))
		}
	})
	return nil
}

// Remove implements [FS].
func (m *Memory) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.find(name)
	if n == nil {
		return &fs.PathError{Op: "remove", Path: name, Err: fs.ErrNotExist}
	}
	if len(n.children) > 0 {
		return errors.New("directory is not empty")
	}
	return m.remove(name)
}

// RemoveAll implements [FS].
func (m *Memory) RemoveAll(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.find(name) == nil {
		return nil
	}
	return m.remove(name)
}

func (m *Memory) remove(name string) error {
	dir, err := m.parent(name)
	if err != nil {
		return err
	}
	if err := m.op(Op{Kind: "remove", Name: name}); err != nil {
		return err
	}
	dir.change(func(c map[string]*node) { delete(c, path.Base(name)) })
	return nil
}

// List implements [FS].
func (m *Memory) List(dir string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.find(dir)
	if n == nil || n.children == nil {
		return nil, &fs.PathError{Op: "open", Path: dir, Err: fs.ErrNotExist}
	}
	return slices.Sorted(maps.Keys(n.children)), nil
}

// MkdirAll implements [FS].
func (m *Memory) MkdirAll(dir string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.root
	for _, part := range strings.Split(path.Clean(dir), "/") {
		if part == "" || part == "." {
			continue
		}
		next := n.children[part]
		if next == nil {
			if err := m.op(Op{Kind: "create", Name: dir}); err != nil {
				return err
			}
			next = newDir()
			n.children[part], n.durable[part] = next, next
		}
		if next.children == nil {
			return &fs.PathError{Op: "mkdir", Path: dir, Err: fs.ErrExist}
		}
		n = next
	}
	return nil
}

// SyncDir implements [FS].
func (m *Memory) SyncDir(dir string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.find(dir)
	if n == nil || n.children == nil {
		return &fs.PathError{Op: "sync", Path: dir, Err: fs.ErrNotExist}
	}
	if err := m.op(Op{Kind: "syncdir", Name: dir}); err != nil {
		return err
	}
	n.durable, n.renames = maps.Clone(n.children), nil
	return nil
}

// Lock implements [FS]. There is one process.
func (m *Memory) Lock(string) (func() error, error) { return func() error { return nil }, nil }

// memoryFile is an open file.
type memoryFile struct {
	m    *Memory
	node *node
	name string
}

// ReadAt implements [File].
func (f *memoryFile) ReadAt(b []byte, at int64) (int, error) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	if at >= int64(len(f.node.data)) {
		return 0, io.EOF
	}
	n := copy(b, f.node.data[at:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt implements [File].
func (f *memoryFile) WriteAt(b []byte, at int64) (int, error) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	if err := f.m.op(Op{Kind: "write", Name: f.name, Size: len(b)}); err != nil {
		return 0, err
	}
	c := change{at: at, bytes: slices.Clone(b)}
	f.node.data = c.apply(f.node.data, len(b))
	f.node.pending = append(f.node.pending, c)
	return len(b), nil
}

// Size implements [File].
func (f *memoryFile) Size() (int64, error) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	return int64(len(f.node.data)), nil
}

// Truncate implements [File].
func (f *memoryFile) Truncate(size int64) error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	if err := f.m.op(Op{Kind: "truncate", Name: f.name}); err != nil {
		return err
	}
	c := change{at: size, truncate: true}
	f.node.data = c.apply(f.node.data, 0)
	f.node.pending = append(f.node.pending, c)
	return nil
}

// Sync implements [File].
func (f *memoryFile) Sync() error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	if err := f.m.op(Op{Kind: "sync", Name: f.name}); err != nil {
		return err
	}
	f.node.synced, f.node.pending = slices.Clone(f.node.data), nil
	return nil
}

// Close implements [File].
func (f *memoryFile) Close() error { return nil }
